import type { Clock } from '../../interfaces/clock.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';

/** What every part of a pass works with. */
export interface World {
  kubernetes: Kubernetes;
  /** The API server's own time, ms since the epoch; undefined where it does not say. */
  serverTime(): Promise<number | undefined>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** A line of the report: what it is about, and what became of it or why. */
interface Line {
  what: string;
  why: string;
}

/** What a pass did, or would do. */
export interface Report {
  removed: Line[];
  kept: Line[];
  /** Should have gone, and did not; or could not be judged. */
  stuck: Line[];
}

export const emptyReport = (): Report => ({ removed: [], kept: [], stuck: [] });
