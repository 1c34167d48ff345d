import type { FetchOptions } from '../programs/fetch.ts';
import { findProgram } from '../programs/find.ts';
import { HELM } from '../programs/pins.ts';

/** Helm 4.2 or newer: of PATH, else the pinned one. Returns what to start. */
export const findHelm = (options: FetchOptions): Promise<string> =>
  findProgram(HELM, ['version', '--template={{.Version}}'], '4.2.0', options);
