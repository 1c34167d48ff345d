import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that tests start hundreds of times, each for a moment; much of their processor time goes into the start. */

/** For Node: what was compiled of the bundle is read at the next start. */
export const NODE_STARTS = { NODE_COMPILE_CACHE: join(tmpdir(), 'todo-deploy-compile-cache') };

/** For a program of Go: it ends before collecting garbage would pay. */
export const GO_STARTS = { GOGC: 'off', GOMEMLIMIT: '256MiB' };
