import { DeployError } from '../../interfaces/errors.ts';
import type { BackupManifest, DrillRecord } from '../model.ts';
import { count, digits, exactly, flag, listOf, mapOf, optional, readDocument, sha256, shaped, text, time } from './fields.ts';
import { sequenceOf } from './ids.ts';
import { isPart, partName } from './paths.ts';

/** Left out where there is none: versions that do not know them read every other manifest. */
export const BESIDE_SHAPE = {
  volumes: optional(
    listOf(
      shaped({
        name: text,
        claim: text,
        class: text,
        driver: text,
        handle: text,
        size: text,
        storageClass: text,
        accessModes: listOf(text),
        mode: text,
      }),
    ),
  ),
  velero: optional(shaped({ namespace: text, name: text })),
};

const MANIFEST_SHAPE = {
  schema: exactly(1),
  id: text,
  sequence: count,
  app: shaped({ namespace: text, release: text }),
  source: shaped({ system: text, database: text, server: text, client: text }),
  snapshotAt: time,
  recipients: listOf(text),
  parts: listOf(shaped({ name: text, bytes: count, sha256 })),
  contents: shaped({ tables: count, rows: digits, databaseBytes: digits }),
  ...BESIDE_SHAPE,
};

const DRILL_SHAPE = { schema: exactly(1), backup: text, equal: flag, differences: listOf(text), seconds: mapOf(count) };

/** Pure: the manifest of the backup whose folder it stood in. Throws `backup-damaged`. */
export function readManifest(id: string, content: string): BackupManifest {
  const manifest = readDocument<BackupManifest>(`The manifest of backup ${id}`, content, MANIFEST_SHAPE);
  const wrong = whatIsWrong(id, manifest);
  if (wrong !== undefined) throw new DeployError('backup-damaged', `The manifest of backup ${id} is not its own: ${wrong}`);
  return manifest;
}

function whatIsWrong(id: string, { id: own, sequence, parts }: BackupManifest): string | undefined {
  if (own !== id) return `it names backup ${own}`;
  if (sequence !== sequenceOf(id)) return 'it names another sequence';
  if (parts.length === 0) return 'it has no parts';
  return parts.every(({ name }, index) => isPart(name) && name === partName(index + 1)) ? undefined : 'its parts are not in their order';
}

/** Pure. Throws `backup-damaged`. */
export const readDrill = (id: string, content: string): DrillRecord => {
  const drill = readDocument<DrillRecord>(`A drill's record of backup ${id}`, content, DRILL_SHAPE);
  if (drill.backup !== id) throw new DeployError('backup-damaged', `A drill's record of backup ${id} names backup ${drill.backup}`);
  return drill;
};

export const written = (document: BackupManifest | DrillRecord | object): string => `${JSON.stringify(document, null, 2)}\n`;
