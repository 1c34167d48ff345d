import { PassThrough } from 'node:stream';
import { DeployError } from '../../interfaces/errors.ts';
import { partName } from '../layout/paths.ts';
import type { PartRecord } from '../model.ts';
import { together } from '../streams.ts';
import type { BackupTools } from '../tools.ts';

export interface Upload {
  id: string;
  folder: string;
  recipients: readonly string[];
  /** Of a part, bytes. */
  size: number;
}

/** Packs, encrypts and stores a folder in parts; each is read back and compared before the next one is stored. */
export async function upload(tools: BackupTools, { id, folder, recipients, size }: Upload): Promise<PartRecord[]> {
  const { archiver, encryption, scratch } = tools;
  const [packed, encrypted] = [new PassThrough(), new PassThrough()];
  const parts: PartRecord[] = [];
  const storing = async (): Promise<void> => {
    for await (const { file, bytes, sha256 } of scratch.parts(encrypted, size)) {
      const part = { name: partName(parts.length + 1), bytes, sha256 };
      await storePart(tools, id, file, part);
      parts.push(part);
    }
  };
  await together(
    [packed, encrypted],
    [archiver.pack(folder, packed), encryption.encrypt({ recipients, input: packed, output: encrypted }), storing()],
  );
  return parts;
}

async function storePart({ store, scratch, log }: BackupTools, id: string, file: string, part: PartRecord): Promise<void> {
  const path = `${id}/${part.name}`;
  await store.put(path, file);
  const { sink, result } = scratch.hash();
  await store.read(path, sink);
  const { bytes, sha256 } = result();
  if (bytes !== part.bytes || sha256 !== part.sha256) {
    const seen = `${bytes} bytes came back of ${part.bytes}${bytes === part.bytes ? ', with another SHA-256' : ''}`;
    throw new DeployError('backup-failed', `The storage does not give back what was stored as ${path}: ${seen}`);
  }
  log.debug(`${path}: ${bytes} bytes stored and read back`);
}
