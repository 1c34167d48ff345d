import { DeployError } from '../../interfaces/errors.ts';
import type { Session } from '../../interfaces/postgres.ts';
import { SERVER, SYSTEM } from './queries.ts';

export interface Server {
  /** `17.6` */
  version: string;
  /** 17 */
  major: number;
  /** Who asks. */
  role: string;
  super: boolean;
  /** System identifier; empty where the server does not tell. */
  system: string;
  /** Of the database, on disk. */
  bytes: number;
  database: string;
}

interface Answer {
  version: string;
  number: number;
  role: string;
  super: boolean;
  tellsSystem: boolean;
  bytes: string;
  database: string;
}

/** What a session's server is, by its own words. */
export async function askServer(session: Session): Promise<Server> {
  const [answer] = await session.rows<Answer>(SERVER);
  if (!answer) throw new DeployError('backup-failed', 'The database server does not say what it is');
  const [identity] = answer.tellsSystem ? await session.rows<{ system: string }>(SYSTEM) : [];
  const { role, super: isSuper, database } = answer;
  const version = answer.version.split(' ')[0] ?? answer.version;
  const major = Math.floor(answer.number / 10_000);
  return { version, major, role, super: isSuper, database, bytes: Number(answer.bytes), system: identity?.system ?? '' };
}
