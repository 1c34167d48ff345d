import { PassThrough } from 'node:stream';
import { DeployError } from '../../interfaces/errors.ts';
import { DATABASE_MANIFEST } from '../database/contents.ts';
import { HASHINGS } from '../database/hashing.ts';
import type { DatabaseManifest } from '../database/model.ts';
import { digits, exactly, flag, listOf, mapOf, oneOf, readDocument, sha256, shaped, text } from '../layout/fields.ts';
import type { BackupManifest, PartRecord } from '../model.ts';
import { together } from '../streams.ts';
import type { BackupTools } from '../tools.ts';

const NAMED = listOf(shaped({ name: text, is: text }));
const DATABASE_SHAPE = {
  schema: exactly(1),
  client: text,
  hashing: oneOf(undefined, ...HASHINGS),
  database: mapOf(text),
  tables: listOf(shaped({ name: text, rows: digits, hash: text })),
  sequences: listOf(shaped({ name: text, value: text, called: flag })),
  largeObjects: listOf(shaped({ oid: digits, owner: text, acl: listOf(text), bytes: digits, hash: sha256 })),
  extensions: NAMED,
  roles: NAMED,
  definitions: mapOf(sha256),
};

export interface Fetched {
  /** Of the dump's and the other files. */
  folder: string;
  database: DatabaseManifest;
}

/**
 * Brings a backup, part by part, compares each with its manifest, opens and unpacks it. Nothing of it is used before all of it has come.
 * `without`: what of it is not unpacked.
 */
export async function fetchBackup(tools: BackupTools, manifest: BackupManifest, identityFile: string, without?: string): Promise<Fetched> {
  const { archiver, encryption, scratch } = tools;
  const folder = scratch.folder('restore');
  const [encrypted, packed] = [new PassThrough(), new PassThrough()];
  const reading = async (): Promise<void> => {
    for (const part of manifest.parts) await readPart(tools, manifest.id, part, encrypted);
    encrypted.end();
  };
  try {
    await together(
      [encrypted, packed],
      [reading(), encryption.decrypt({ identityFile, input: encrypted, output: packed }), archiver.unpack(packed, folder, without)],
    );
  } catch (error) {
    // A part that is damaged is what age chokes on, before its end has come.
    throw (await damageIn(tools, manifest)) ?? error;
  }
  const what = `What backup ${manifest.id} says of its database`;
  return { folder, database: readDocument<DatabaseManifest>(what, scratch.text(folder, DATABASE_MANIFEST), DATABASE_SHAPE) };
}

async function damageIn(tools: BackupTools, { id, parts }: BackupManifest): Promise<unknown> {
  for (const part of parts) {
    const error = await readPart(tools, id, part).catch((thrown: unknown) => thrown);
    if (error instanceof DeployError && error.reason === 'backup-damaged') return error;
  }
  return undefined;
}

async function readPart({ store, scratch }: BackupTools, id: string, part: PartRecord, to?: PassThrough): Promise<void> {
  const { sink, result } = scratch.hash(to);
  await store.read(`${id}/${part.name}`, sink);
  const { bytes, sha256: seen } = result();
  if (bytes === part.bytes && seen === part.sha256) return;
  const why = bytes === part.bytes ? 'its SHA-256 is another one' : `it has ${bytes} bytes instead of ${part.bytes}`;
  throw new DeployError('backup-damaged', `Backup ${id}: ${part.name} is not what was stored (${why})`);
}
