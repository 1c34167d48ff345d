import type { FetchOptions } from '../programs/fetch.ts';
import { findProgram } from '../programs/find.ts';
import { TRIVY } from '../programs/pins.ts';

/** Trivy 0.63 or newer, which has all flags that are used: of PATH, else the pinned one. Returns what to start. */
export const findTrivy = (options: FetchOptions): Promise<string> => findProgram(TRIVY, ['--version'], '0.63.0', options);
