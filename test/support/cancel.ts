import { readdirSync, readFileSync } from 'node:fs';
import type { Child } from './action.ts';

/** Cancels a step as GitHub's runner does: SIGINT to our process alone, SIGTERM 7.5 s later, a kill 2.5 s after that. */
export function cancelAsRunner(child: Child | undefined): void {
  if (!child) throw new Error('the step has not started');
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGTERM'), 7_500).unref();
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
}

/** A variable that every program of a step gets, and none of them reads. */
export const MARK = 'XDG_STATE_HOME';

/** Commands of all processes of this machine whose environment has this variable, as those of a step and its children have. */
export function processesWith(variable: string): string[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      // It has ended meanwhile.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id) && read(`/proc/${id}/environ`).split('\0').includes(variable))
    .map((id) => read(`/proc/${id}/cmdline`).split('\0').slice(0, 2).join(' '));
}
