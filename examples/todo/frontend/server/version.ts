import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const VERSION_HEADER = 'X-App-Version';

/** The version of this frontend: APP_VERSION (set by the chart or baked in by the build), else the file VERSION. */
export function appVersion(env: Record<string, string | undefined> = process.env, directory = process.cwd()): string {
  const named = env.APP_VERSION?.trim();
  if (named) return named;
  try {
    return readFileSync(join(directory, 'VERSION'), 'utf8').trim() || 'dev';
  } catch {
    return 'dev';
  }
}
