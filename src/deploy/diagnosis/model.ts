import type { ReadyKind } from '../../split/kinds/table.ts';
import type { Cause } from './causes/cause.ts';

/** Something whose pods must become ready. */
export interface Expected {
  kind: ReadyKind;
  name: string;
  /** Shared by both colors: while one of these is not ready, the color's crashes are waited out. */
  shared: boolean;
}

/** What keeps a workload from being ready, and where its evidence is. */
export interface Failing {
  cause: Cause;
  workload: string;
  pod?: string | undefined;
  container?: string | undefined;
}

export interface WorkloadState {
  workload: string;
  shared: boolean;
  ready: boolean;
  /** E.g. `1/2 ready`. */
  text: string;
  failing: Failing[];
}
