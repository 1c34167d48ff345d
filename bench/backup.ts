/**
 * A database that is dumped, encrypted, stored, read back and compared: `todo-deploy backup-job` and a drill by `restore-job`, beside
 * `pg_dump | gzip` into a file and `gunzip | psql`, one after the other on the same machine, PostgreSQL and storage beside them.
 * BENCH_MB: megabytes of rows (1,000 by default).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { ROOT } from '../demo/environment.ts';
import { readDatabase } from '../src/backup/database/read.ts';
import { exportSnapshot } from '../src/backup/database/snapshot.ts';
import { toolbox } from '../test/support/backup.ts';
import { openStage } from '../test/support/backup-stage.ts';
import { PASSWORD, type Server } from '../test/support/postgres/server.ts';
import { SECRET_KEY } from '../test/support/s3.ts';
import { seconds } from './scenarios.ts';

const MEGABYTES = Number(process.env.BENCH_MB ?? 1_000);
const TABLES = 4;
/** Of a row: half of it is text that no compression shortens much. */
const ROW_BYTES = 500;

const stage = await openStage({ servers: 2 });
const [source, target] = stage.servers as [Server, Server];
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-bench-backup-'));

async function timed<T>(body: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await body();
  return { ms: performance.now() - start, result };
}

function fill(): void {
  source.sql('CREATE DATABASE todo');
  const rows = Math.ceil((MEGABYTES * 1_000_000) / ROW_BYTES / TABLES);
  const random = Array.from({ length: 7 }, (_, n) => `md5(random()::text || ${n})`).join(' || ');
  for (let table = 0; table < TABLES; table += 1) {
    const columns = `n AS id, ${random} AS noise, repeat('a note about the day ', 11) AS text, now() AS at`;
    source.sql(
      `CREATE TABLE t${table} AS SELECT ${columns} FROM generate_series(1, ${rows}) n; ALTER TABLE t${table} ADD PRIMARY KEY (id)`,
      'todo',
    );
  }
  source.sql('CHECKPOINT');
}

/** Memory that is a process's own, and that of all its children, by the kernel's account, bytes. */
function memoryOf(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    try {
      const [, parent = ''] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
    } catch {
      // No process, or one that ended meanwhile.
    }
  }
  const all = (id: number): number[] => [id, ...(children.get(id) ?? []).flatMap(all)];
  return all(root).reduce((sum, id) => {
    try {
      const [, anonymous = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
      return sum + Number(anonymous) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

async function product(command: string, to: Server, flags: Record<string, string>, env: Record<string, string> = {}) {
  const { bucket, endpoint, accessKeyId } = stage.s3.location;
  const database = { 'database-host': to.address.host, 'database-port': String(to.address.port), 'database-user': 'postgres' };
  const all = { release: 'todo', destination: `s3://${bucket}/all`, endpoint, scratch: work, ...database, ...flags };
  const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: SECRET_KEY, DATABASE_PASSWORD: PASSWORD };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const running = execa(process.execPath, [join(ROOT, 'bin/todo-deploy.js'), command, '--json', ...args], {
    env: { ...keys, ...env, PATH: `${to.bin}:${process.env.PATH}` },
  });
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, memoryOf(running.pid ?? 0));
  }, 50);
  try {
    const { stdout } = await running;
    return { report: (JSON.parse(stdout) as { report: { bytes?: number; seconds: Record<string, number> } }).report, memory };
  } finally {
    clearInterval(watch);
  }
}

const shell = (server: Server, script: string): Promise<unknown> =>
  execa('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: work,
    env: {
      PGHOST: server.address.host,
      PGPORT: String(server.address.port),
      PGUSER: 'postgres',
      PGPASSWORD: PASSWORD,
      PATH: `${server.bin}:${process.env.PATH}`,
    },
  });

/** Each alone: a backup does both at once. */
async function hashesBesideDump(): Promise<{ dump: number; hashes: number }> {
  const box = toolbox(source.bin, stage.s3.location, { scratch: work });
  const { postgres } = box.tools;
  const address = { ...source.address, database: 'todo' };
  const session = await postgres.open(address);
  const { name: snapshot } = await exportSnapshot(session);
  const dump = await timed(() => postgres.dump({ address, snapshot, folder: join(work, 'dump'), jobs: 2 }));
  const hashes = await timed(() => readDatabase({ postgres, address, snapshot, jobs: 2 }));
  await session.close();
  box.close();
  rmSync(join(work, 'dump'), { recursive: true });
  return { dump: dump.ms, hashes: hashes.ms };
}

try {
  console.log(`A database of ${MEGABYTES} MB is made`);
  fill();
  const size = source.sql(`SELECT pg_size_pretty(pg_database_size('todo'))`);
  const plain = await timed(() => shell(source, 'pg_dump todo | gzip > todo.sql.gz'));
  const recipients = stage.keys.map(({ recipient }) => recipient).join(',');
  const backup = await timed(() => product('backup-job', source, { 'database-name': 'todo', recipients }));
  const drill = await timed(() =>
    product('restore-job', target, { mode: 'drill', 'database-name': 'postgres' }, { AGE_IDENTITY: stage.keys[0].secret }),
  );
  const psql = await timed(() =>
    shell(target, 'createdb plain && gunzip --stdout todo.sql.gz | psql -Xq -v ON_ERROR_STOP=1 plain > /dev/null'),
  );
  const { dump, hashes } = await hashesBesideDump();
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  const row = (what: string, ours: number, theirs: number) =>
    `| ${what} | ${seconds(ours)} | ${seconds(theirs)} | ${(ours / theirs).toFixed(2)} |`;
  console.log(
    [
      `A database of ${size} in ${TABLES} tables; ${execaSync('nproc').stdout} processors for everything.`,
      '',
      '| what | todo-deploy | plain | ratio |',
      '| --- | --- | --- | --- |',
      row('backup: dumped, hashed, encrypted, stored, read back, beside `pg_dump \\| gzip` into a file', backup.ms, plain.ms),
      row('drill: fetched, decrypted, restored, compared, beside `gunzip \\| psql`', drill.ms, psql.ms),
      row('hashes and definitions of everything, beside the dump alone', hashes, dump),
      '',
      `In the storage ${mebibytes(backup.result.report.bytes ?? 0)}, the plain file ${mebibytes(statSync(join(work, 'todo.sql.gz')).size)}.`,
      `Memory of all processes of the Job at its highest: backup ${mebibytes(backup.result.memory)}, drill ${mebibytes(drill.result.memory)}.`,
      `Backup by phase: ${JSON.stringify(backup.result.report.seconds)}; drill: ${JSON.stringify(drill.result.report.seconds)}.`,
    ].join('\n'),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
  await stage.close();
}
