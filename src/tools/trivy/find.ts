import { type FindOptions, findProgram } from '../programs/find.ts';
import { TRIVY } from '../programs/pins.ts';

/** Trivy 0.60 or newer: of PATH, else the pinned one. Returns what to start. */
export const findTrivy = (options: FindOptions): Promise<string> => findProgram(TRIVY, ['--version'], '0.60.0', options);
