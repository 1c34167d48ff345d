import type { Log } from '../../interfaces/log.ts';
import type { ImageSpec } from '../model.ts';
import { type FindSettings, type FindTools, findRecorded, type Recorded } from './find.ts';
import { type Verdict, type VerdictSettings, type VerdictTools, verdictOf } from './verdict.ts';

/** An image that is neither built nor looked at: the registry has it, and what was found in it is known. */
export interface Known extends Recorded {
  verdict: Verdict;
}

/** Reads only. What goes wrong makes an image unknown: then it is built, as if there were no record. */
export async function findKnown(
  image: ImageSpec,
  key: string,
  settings: { find: FindSettings; verdict: VerdictSettings },
  tools: FindTools & VerdictTools & { log: Log },
): Promise<Known | undefined> {
  const recorded = await findRecorded(image, key, settings.find, tools).catch((error: unknown) => {
    settings.find.signal?.throwIfAborted();
    tools.log.debug(`[${image.name}] its record could not be read: ${String(error)}`);
    return undefined;
  });
  if (recorded === undefined) return undefined;
  const verdict = await verdictOf(recorded.record, settings.verdict, tools);
  if (verdict === undefined) return undefined;
  const { digest } = recorded.layout.root;
  const { repository } = settings.find;
  const scanned =
    verdict.scannedWith === undefined
      ? `its scan holds${dated(recorded.record.database?.updatedAt)}`
      : `its packages were scanned again${dated(verdict.scannedWith.updatedAt)}`;
  tools.log.info(`[${image.name}] known: nothing that it is built from has changed since ${repository}@${digest}; ${scanned}`);
  return { ...recorded, verdict };
}

const dated = (updatedAt: string | undefined): string => (updatedAt === undefined ? '' : ` (database of ${updatedAt.slice(0, 16)}Z)`);
