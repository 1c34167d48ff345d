import type { Log } from '../../interfaces/log.ts';
import type { Descriptor, Registry } from '../../interfaces/registry.ts';
import { messageOf } from '../../interfaces/values.ts';
import { type BuildRecord, encodeRecord, KEY_ANNOTATION, RECORD_TYPE } from './record.ts';

/** Puts a record beside an image that passed and was pushed. Without one the next build is slower. */
export async function keepRecord(
  image: { name: string; repository: string; root: Descriptor },
  record: BuildRecord,
  { registry, log, signal }: { registry: Registry; log: Log; signal: AbortSignal },
): Promise<void> {
  try {
    await registry.attach({
      repository: image.repository,
      subject: image.root,
      artifactType: RECORD_TYPE,
      content: encodeRecord(record),
      annotations: { [KEY_ANNOTATION]: record.key },
      replaces: true,
      signal,
    });
    log.debug(`[${image.name}] record written`);
  } catch (error) {
    signal.throwIfAborted();
    log.warning(`The record of ${image.name} was not written, so the next run builds it again: ${messageOf(error)}`);
  }
}
