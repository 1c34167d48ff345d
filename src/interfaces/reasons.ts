import { BACKUP } from './reasons/backup.ts';
import { BUILD_PUSH } from './reasons/build-push.ts';
import { DEPLOY } from './reasons/deploy.ts';
import { EVERY_ACTION } from './reasons/every-action.ts';
import type { ReasonFacts } from './reasons/facts.ts';
import { JANITOR } from './reasons/janitor.ts';
import { PREVIEW } from './reasons/preview.ts';
import { STATUS } from './reasons/status.ts';

/** The table of reasons, by who may say them. The output `failure-reason` is one of the first two groups. */
export const REASON_GROUPS = {
  'any action': EVERY_ACTION,
  'deploy and rollback': DEPLOY,
  'build-push': BUILD_PUSH,
  status: STATUS,
  preview: PREVIEW,
  janitor: JANITOR,
  'backup and restore': BACKUP,
};

const ALL = { ...EVERY_ACTION, ...DEPLOY, ...BUILD_PUSH, ...STATUS, ...PREVIEW, ...JANITOR, ...BACKUP };

/** Why something failed: a word for programs, the same from version to version. */
export type Reason = keyof typeof ALL;

export const REASONS: Readonly<Record<Reason, ReasonFacts>> = ALL;
