import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import type { DatabaseAddress } from '../../../src/interfaces/postgres.ts';
import { freePort } from '../ports.ts';
import { postgresPrograms, type Which } from './programs.ts';

/** A server that does not run as root, whom PostgreSQL refuses. */
const USER = 'nobody';

export interface Server {
  bin: string;
  /** A superuser's. */
  address: DatabaseAddress;
  /** Runs statements as the superuser; returns what psql prints, unaligned. */
  sql(text: string, database?: string): string;
  stop(mode?: 'fast' | 'immediate'): void;
  start(): void;
  /** Remembers what a stopped server holds; `again` puts a running one back to that. */
  keep(): void;
  again(): void;
  close(): void;
}

export const PASSWORD = 'canary-of-the-database-password';

/** A new server with a password, and an empty database `postgres`. */
export async function startPostgres(which: Which): Promise<Server> {
  const root = mkdtempSync(join(tmpdir(), 'todo-deploy-postgres-'));
  chmodSync(root, 0o755);
  const bin = postgresPrograms(which, root);
  const port = await freePort();
  const data = join(root, 'data');
  const [uid, gid] = process.getuid?.() === 0 ? idsOf(USER) : [undefined, undefined];
  if (uid !== undefined && gid !== undefined) chownSync(root, uid, gid);
  const env = { LC_ALL: 'C', PGPASSWORD: PASSWORD, PATH: process.env.PATH };
  const run = (program: string, args: readonly string[], input = ''): string =>
    execaSync(join(bin, program), args, { env, extendEnv: false, input, cwd: root, ...(uid === undefined ? {} : { uid, gid }) }).stdout;
  const setUp = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${root}/password`, '--locale=C', '--encoding=UTF8', '--no-sync'];
  writeFileSync(join(root, 'password'), `${PASSWORD}\n`, { mode: 0o644 });
  run('initdb', [...setUp, '--pgdata', data]);
  const start = (): void => {
    const options = `-p ${port} -k ${root} -c fsync=off -c autovacuum=off -c max_connections=50 -c listen_addresses=127.0.0.1`;
    run('pg_ctl', ['--pgdata', data, '--options', options, '--log', join(root, 'log'), '--wait', 'start']);
  };
  const stop = (mode = 'immediate'): void => void run('pg_ctl', ['--pgdata', data, '--mode', mode, '--wait', 'stop']);
  start();
  const address = { host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database: 'postgres' };
  const sql = (text: string, database = 'postgres'): string =>
    run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database], text);
  return {
    bin,
    address,
    sql,
    start,
    stop,
    keep: () => void execaSync('cp', ['-a', data, `${data}.kept`]),
    again: () => {
      stop();
      rmSync(data, { recursive: true });
      execaSync('cp', ['-a', `${data}.kept`, data]);
      start();
    },
    close: () => {
      try {
        stop();
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    },
  };
}

function idsOf(user: string): [number, number] {
  const id = (flag: string): number => Number(execaSync('id', [flag, user]).stdout);
  return [id('-u'), id('-g')];
}
