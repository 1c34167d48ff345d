import type { ReasonFacts } from './facts.ts';

/** What status may say. */
export const STATUS = {
  drifted: {
    title: 'not as it was deployed',
    meaning: 'Something was changed since the last deploy, and "fail-on-drift" is set.',
    todo: 'Deploy again to restore it, or take the change into the chart.',
    example: '"todo" is not as it was deployed: Deployment/todo-backend-green: replicas 2 → 5',
  },
  unhealthy: {
    title: 'not healthy',
    meaning: 'A part of the app is not as it should be, and "fail-on-unhealthy" is set.',
    todo: 'The summary says what is wrong.',
    example: 'todo: v4 serves as green, but is not healthy',
  },
} as const satisfies Record<string, ReasonFacts>;
