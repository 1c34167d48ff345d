import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './errors.ts';

/**
 * Calls `check` until it returns something other than undefined. For conditions that cannot be watched, such as a port that opens.
 * @param what completes "waited 20 s for …"
 * @param limit milliseconds
 */
export async function until<T>(what: string, limit: number, check: () => Promise<T | undefined>, pause = 100): Promise<T> {
  const end = Date.now() + limit;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const result = await check();
      if (result !== undefined) return result;
    } catch (error) {
      if (error instanceof ClusterError) throw error;
      last = error;
    }
    await sleep(pause);
  }
  const reason = last instanceof Error ? ` (last answer: ${last.message})` : '';
  throw new ClusterError(`waited ${limit / 1000} s for ${what}${reason}`);
}
