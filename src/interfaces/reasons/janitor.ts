import type { ReasonFacts } from './facts.ts';

/** What a janitor may say. */
export const JANITOR = {
  'left-over': {
    title: 'something is left',
    meaning: 'Something was to go and is still there, or could not be judged.',
    todo: 'The summary names each, and what holds it. The next run tries again.',
    example: '2 could not be removed: Namespace/pr-7-todo-1f0a9c …',
  },
} as const satisfies Record<string, ReasonFacts>;
