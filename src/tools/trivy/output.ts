import { readFile, stat } from 'node:fs/promises';
import { ToolError } from '../../interfaces/errors.ts';

/** Of a report or an SBOM. Those of large images have some 20 MiB. */
const MAX_MIB = 128;

/** Returns what Trivy wrote. `what` names it, where what an image holds makes it too long. */
export async function readLimited(path: string, what: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_MIB * 1_048_576) {
    throw new ToolError(`Trivy’s output is too large: ${what} has ${Math.ceil(size / 1_048_576)} MiB (allowed: ${MAX_MIB})`, {
      reason: 'scan-failed',
    });
  }
  return await readFile(path, 'utf8');
}
