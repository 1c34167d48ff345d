import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Hash of the accepted findings, '' where there are none. Undefined where some are accepted for a time only: a recorded scan would keep them. */
export async function ignoredOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return '';
  const text = await readFile(path, 'utf8');
  if (/\bexp(?:ired_at)?\s*:/.test(text)) return undefined;
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
