import { isAbsolute, join } from 'node:path';

/** A path of an input, from the workspace. */
export const absolute = (path: string, workspace: string): string => (isAbsolute(path) ? path : join(workspace, path));
