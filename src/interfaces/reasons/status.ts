import type { ReasonFacts } from './facts.ts';

/** What status and the doctor may say. */
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
  'backup-old': {
    title: 'no backup that counts',
    meaning: 'The newest backup that a drill has restored is older than "max-backup-age", or there is none.',
    todo: 'Look at the last runs of the backup and of the drill, and run them.',
    example: 'The newest backup that a drill has restored is 75 h old (000042-20260301T030000Z-7f3a9c)',
  },
  unprepared: {
    title: 'not prepared for a deploy',
    meaning: 'The doctor found what would stop a deploy.',
    todo: 'Run the command under each finding, then ask again.',
    example: '"todo" is not ready for a deploy: rights, Ingress class (9 ok, 2 failed)',
  },
} as const satisfies Record<string, ReasonFacts>;
