import { DeployError, HttpError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { Finding } from './model.ts';

/** Pure: what stopped a probe, or what it was looking for. */
export function findingOf(error: unknown): Finding {
  const message = messageOf(error);
  const mend = error instanceof DeployError ? error.hint : undefined;
  if (error instanceof HttpError && error.status === 403)
    return { level: 'unknown', message: `this account may not look: ${message}`, mend: mend ?? 'run the doctor as somebody who may' };
  if (error instanceof HttpError) return { level: 'unknown', message: `could not be asked: ${message}`, mend };
  return { level: error instanceof DeployError ? 'fail' : 'unknown', message, mend };
}
