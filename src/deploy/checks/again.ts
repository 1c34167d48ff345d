import { messageOf } from '../../interfaces/values.ts';
import type { Plan, Run } from '../run/run.ts';
import { findFrontDoor } from '../traffic/front-door.ts';
import { userFacingChecks } from './checks.ts';

const LIMIT_MS = 30_000;

/** Whether the version that serves passes its checks once more, after something changed under it. */
export async function passesAgain(run: Run, plan: Plan): Promise<boolean> {
  const door = await findFrontDoor(run, plan.split).catch(() => undefined);
  const { checks, targetsFor } = userFacingChecks(run, door, plan.split, plan.color);
  if (checks.length === 0) return true;
  try {
    const results = await run.runChecks({ checks, targetsFor, retries: 4, intervalMs: 1_000, timeoutMs: LIMIT_MS, signal: run.signal });
    run.report.checks.push(...results);
    return results.every(({ passed }) => passed);
  } catch (error) {
    run.signal.throwIfAborted();
    run.log.warning(messageOf(error));
    return false;
  }
}
