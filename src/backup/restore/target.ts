import { DeployError } from '../../interfaces/errors.ts';
import { type DatabaseAddress, literal, type Session } from '../../interfaces/postgres.ts';
import type { Server } from '../database/server.ts';
import type { BackupManifest } from '../model.ts';

export interface RestoreTarget {
  /** A database of the server that is there, for statements that need one (`postgres`). */
  address: DatabaseAddress;
  /** The new database. */
  database: string;
  /** What a person has typed, where the server may be the source: the target in full. */
  confirm?: string | undefined;
}

/** Pure: a target in full, as a person types it. */
const fullName = ({ address, database }: RestoreTarget): string => `${address.host}:${address.port}/${database}`;

/** Refuses, before anything is touched, whatever is not a new database on a server that may be used for it. */
export async function requireTarget(session: Session, server: Server, target: RestoreTarget, manifest: BackupManifest): Promise<void> {
  const { source } = manifest;
  const where = `${target.address.host}:${target.address.port}`;
  const [found] = await session.rows<{ there: boolean }>(
    `SELECT pg_catalog.jsonb_build_object('there', EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${literal(target.database)}))`,
  );
  if (found?.there !== false) {
    const words = `The database "${target.database}" exists on ${where}: a restore goes into a new database only`;
    throw refused(words, 'Name another one. The input "cut-over" puts it in the place of the old one afterwards.');
  }
  if (server.major < Number.parseInt(source.server, 10)) {
    throw refused(`${where} is PostgreSQL ${server.version}, and the backup is of ${source.server}: an older server cannot take it`);
  }
  const isOther = server.system !== '' && source.system !== '' && server.system !== source.system;
  if (isOther || target.confirm === fullName(target)) return;
  const same = server.system === source.system && server.system !== '';
  const words = same ? `${where} is the server that was dumped` : `Nobody can tell whether ${where} is the server that was dumped`;
  throw refused(words, `If the new database shall be made there, type its name in full: confirm: ${fullName(target)}`);
}

const refused = (message: string, hint?: string): DeployError => new DeployError('restore-refused', message, { hint });
