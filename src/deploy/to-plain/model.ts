import type { Leaving } from '../adoption/leave.ts';
import type { RunOptions } from '../run/options.ts';
import type { Run } from '../run/run.ts';

export interface ToPlainOptions extends Omit<RunOptions, 'version' | 'smoke' | 'versionHeader' | 'keepOld'> {
  /** undefined: what was recorded with the version that serves. */
  smoke?: RunOptions['smoke'] | undefined;
  reason?: string | undefined;
  dryRun: boolean;
}

export type Wanted = RunOptions & Pick<ToPlainOptions, 'reason'>;
export type PlainRun = Run & { readonly options: Wanted };
export type Situation = Leaving & { serving: { version: string; partHash: string } };
