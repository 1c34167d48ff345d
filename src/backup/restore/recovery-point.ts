import { DUMP, RECOVERY } from '../database/contents.ts';
import { exactly, mapOf, readDocument, text, time } from '../layout/fields.ts';
import type { BackupManifest } from '../model.ts';
import type { BackupTools } from '../tools.ts';
import { fetchBackup } from './fetch.ts';

/** What a backup knows of its app beside the database, as it goes to whoever puts it back. */
export interface RecoveryPoint {
  schema: 1;
  backup: string;
  snapshotAt: string;
  /** Database and version of the server that was dumped. */
  database: string;
  server: string;
  /** Records of Helm, by the Secret's name: its key `release`, as Helm wrote it. */
  releases: Record<string, string>;
  /** The journal's text; absent where the backup holds none. */
  journal?: string;
}

const RELEASE = /^sh\.helm\.release\.v1\.[a-z0-9.-]+\.v\d+$/;
const JOURNAL = /^todo-deploy-.*-journal$/;

/** Reads the recovery point of a backup. Errors: as a restore of it. */
export async function fetchRecoveryPoint(tools: BackupTools, manifest: BackupManifest, identityFile: string): Promise<RecoveryPoint> {
  const { scratch } = tools;
  const { folder } = await fetchBackup(tools, manifest, identityFile, DUMP);
  const root = `${folder}/${RECOVERY}`;
  const all = scratch.names(root);
  const releases = all.filter((name) => RELEASE.test(name) && scratch.names(`${root}/${name}`).includes('release'));
  const journal = all.find((name) => JOURNAL.test(name) && scratch.names(`${root}/${name}`).includes('journal.json'));
  const point: RecoveryPoint = {
    schema: 1,
    backup: manifest.id,
    snapshotAt: manifest.snapshotAt,
    database: manifest.source.database,
    server: manifest.source.server,
    releases: Object.fromEntries(releases.map((name) => [name, scratch.text(`${root}/${name}`, 'release')])),
    ...(journal !== undefined && { journal: scratch.text(`${root}/${journal}`, 'journal.json') }),
  };
  scratch.remove(folder);
  return point;
}

const SHAPE = { schema: exactly(1), backup: text, snapshotAt: time, database: text, server: text, releases: mapOf(text) };

/** Pure: as it came from the Job. Throws DeployError where it was cut off, or is something else. */
export const readRecoveryPoint = (content: string): RecoveryPoint =>
  readDocument<RecoveryPoint>('The recovery point', content, {
    ...SHAPE,
    ...(/"journal":/.test(content) && { journal: text }),
  });

/** Pure: as it goes to whoever puts it back. */
export const recoveryPointText = (point: RecoveryPoint): string => `${JSON.stringify(point)}\n`;
