import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { inventory, type TakeOptions, takeBackup } from '../../../src/backup/index.ts';
import { DeployError } from '../../../src/interfaces/errors.ts';
import { type Toolbox, takeOptions, toolbox } from '../../support/backup.ts';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { before, cutAfter, faultFolder, killedAt } from '../../support/faults.ts';
import { type Server, startPostgres } from '../../support/postgres/server.ts';
import { randomOf } from '../../support/random.ts';
import { type S3, startS3 } from '../../support/s3.ts';
import { sampledRows } from '../../support/sample.ts';

const PART = 100_000;
/** `npm test` plays some of the faults once, `npm run proof` all of them as often as the promise says. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** Each run has other places to break at; FAULT_SEED gives the same ones again. */
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const next = randomOf(seed);
const upTo = (limit: number): number => 1 + Math.floor(next() * limit);

let stage: Stage;
let [source, newer]: [Server, Server] = [] as never;
let [s3, readOnly]: [S3, S3] = [] as never;
let keys: Stage['keys'];
let parts = 0;

/** What a fault changes of a run; all of it has a default. */
interface Attempt {
  options: TakeOptions;
  box(more?: { path?: string; scratch?: string; signal?: AbortSignal; location?: S3['location']; bin?: string; alone?: boolean }): Toolbox;
  /** A folder of programs that go before the real ones. */
  path: string;
  after: (() => void | Promise<void>)[];
}

interface Fault {
  name: string;
  /** Of the error: its reason, and words of it. */
  reason: string;
  says: RegExp;
  arrange(attempt: Attempt): Toolbox | Promise<Toolbox>;
}

const bin = (attempt: Attempt, program: string, script: string, counted?: string): Toolbox => {
  before(attempt.path, source.bin, program, script, counted);
  return attempt.box({ path: attempt.path });
};
/** The folder of a dump that is finished. */
const dumped = (change: string): string =>
  `for arg in "$@"; do case "$arg" in --file=*) at="\${arg#*=}" ;; esac; done; "$real" "$@" || exit $?; ${change}; exit 0`;
/** The file of an object that has just been stored; `$last` is the destination. */
const stored = (change: string): string =>
  `for last in "$@"; do :; done; "$real" "$@" || exit $?; at="${s3.folder}/\${last#store:backups/}"; ${change}`;
const onlyUploads = (script: string): string => `case "$*" in *copyto*) ;; *) exec "$real" "$@" ;; esac; ${script}`;
const role = (attempt: Attempt, statements: string): Toolbox => {
  source.sql(`DROP ROLE IF EXISTS narrow; CREATE ROLE narrow LOGIN PASSWORD 'narrow-password'; GRANT CONNECT ON DATABASE todo TO narrow`);
  source.sql(statements, 'todo');
  attempt.after.push(() => void source.sql('DROP OWNED BY narrow; DROP ROLE narrow', 'todo'));
  attempt.options = { ...attempt.options, address: { ...attempt.options.address, user: 'narrow', password: 'narrow-password' } };
  return attempt.box();
};
const fullDisk = (attempt: Attempt, kilobytes: number): Toolbox => {
  const disk = mkdtempSync(join(tmpdir(), 'todo-deploy-full-'));
  execaSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
  attempt.after.push(() => void execaSync('umount', ['--lazy', disk]));
  return attempt.box({ scratch: disk });
};

const FAULTS: Fault[] = [
  {
    name: 'pg_dump is killed at a byte of its own choice',
    reason: 'backup-failed',
    says: /pg_dump .*(signal SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'pg_dump', killedAt('--file', upTo(200_000)), '--format=directory'),
  },
  {
    name: 'pg_dump leaves a table out with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('rm "$(ls -S "$at"/*.dat* | head -1)"'), '--format=directory'),
  },
  {
    name: 'pg_dump cuts a table off with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('truncate -s -50 "$(ls -S "$at"/*.dat* | head -1)"'), '--format=directory'),
  },
  {
    name: 'pg_dump leaves its table of contents out with exit code 0',
    reason: 'backup-failed',
    says: /pg_restore/,
    arrange: (attempt) => bin(attempt, 'pg_dump', dumped('rm "$at/toc.dat"'), '--format=directory'),
  },
  {
    name: 'pg_dump leaves a sequence out',
    reason: 'backup-failed',
    says: /does not hold the value of sequence public\.tickets/,
    arrange: (attempt) => bin(attempt, 'pg_dump', '"$real" "$@" --exclude-table=public.tickets', '--format=directory'),
  },
  {
    name: 'pg_dumpall fails',
    reason: 'backup-failed',
    says: /pg_dumpall .*exit code 1/,
    arrange: (attempt) => bin(attempt, 'pg_dumpall', 'exit 1'),
  },
  {
    name: 'the session that holds the snapshot is killed',
    reason: 'backup-failed',
    says: /psql|session|snapshot/i,
    arrange: (attempt) => bin(attempt, 'pg_dump', `pkill -KILL -P $PPID -x psql; sleep 0.2; exec "$real" "$@"`, '--format=directory'),
  },
  {
    name: 'the server ends the session that holds the snapshot',
    reason: 'backup-failed',
    says: /terminating connection|snapshot/i,
    arrange: (attempt) => {
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'todo-deploy-backup'`;
      return bin(
        attempt,
        'pg_dump',
        `PGUSER=postgres "${source.bin}/psql" -XqAtc "${kill}" >/dev/null 2>&1; exec "$real" "$@"`,
        '--format=directory',
      );
    },
  },
  {
    name: 'a connection that hashes is killed',
    reason: 'backup-failed',
    says: /psql/,
    arrange: async (attempt) => {
      // Whoever holds a table makes the others wait for it, so that they are there to be killed: the second session is the one that hashes.
      const holder = await attempt.box().tools.postgres.open(attempt.options.address);
      await holder.run('BEGIN; LOCK TABLE audit.log IN ACCESS EXCLUSIVE MODE');
      const held = setTimeout(() => void holder.close(), 1500);
      attempt.after.push(() => clearTimeout(held));
      return bin(attempt, 'psql', '[ $turn -eq 2 ] && exec timeout --foreground --signal=KILL 0.7 "$real" "$@"; exec "$real" "$@"');
    },
  },
  {
    name: 'the server ends a connection that hashes',
    reason: 'backup-failed',
    says: /terminating connection/,
    arrange: async (attempt) => {
      const holder = await attempt.box().tools.postgres.open(attempt.options.address);
      await holder.run('BEGIN; LOCK TABLE audit.log IN ACCESS EXCLUSIVE MODE');
      const end = setTimeout(() => {
        source.sql(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE ONLY%'`,
        );
        void holder.close();
      }, 1500);
      attempt.after.push(() => clearTimeout(end));
      return attempt.box();
    },
  },
  {
    name: 'the server stops at once during the dump',
    reason: 'backup-failed',
    says: /connection|server|shut|snapshot/i,
    arrange: (attempt) => {
      attempt.after.push(() => source.start());
      const box = bin(attempt, 'pg_dump', `echo stopped > ${attempt.path}/stop; sleep 0.5; exec "$real" "$@"`, '--format=directory');
      const watch = setInterval(() => {
        if (!readdirSync(attempt.path).includes('stop')) return;
        clearInterval(watch);
        source.stop('immediate');
      }, 20);
      attempt.after.unshift(() => clearInterval(watch));
      return box;
    },
  },
  {
    name: 'tar fails',
    reason: 'backup-failed',
    says: /tar .*exit code 2/,
    arrange: (attempt) => bin(attempt, 'tar', cutAfter(20_000, '2')),
  },
  {
    name: 'tar is killed',
    reason: 'backup-failed',
    says: /tar .*(SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'tar', `"$real" "$@" | head -c ${upTo(400_000)}; kill -KILL $$`),
  },
  {
    name: 'age is killed at a byte of its own choice',
    reason: 'backup-failed',
    says: /age .*(SIGKILL|exit code 137)/,
    arrange: (attempt) => bin(attempt, 'age', `"$real" "$@" | head -c ${upTo(400_000)}; kill -KILL $$`),
  },
  {
    name: 'age refuses a recipient',
    reason: 'backup-failed',
    says: /age: malformed recipient/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, recipients: ['age1notakey', 'age1norisit'] };
      return attempt.box();
    },
  },
  ...['first', 'last', 'any other'].map((which) => ({
    name: `the upload of the ${which} part fails`,
    reason: 'backup-failed',
    says: /rclone copyto failed \(exit code 1\)/,
    arrange: (attempt: Attempt) => {
      const number = which === 'first' ? 1 : which === 'last' ? parts : 1 + upTo(parts - 2);
      return bin(attempt, 'rclone', `[ $turn -eq ${number} ] && exit 1; exec "$real" "$@"`, 'copyto*/part-');
    },
  })),
  {
    name: 'the upload of a part is killed',
    reason: 'backup-failed',
    says: /rclone copyto failed \(.*(SIGKILL|137)/,
    arrange: (attempt) => bin(attempt, 'rclone', '"$real" "$@" & id=$!; sleep 0.02; kill -KILL $id $$', 'copyto'),
  },
  {
    name: 'the storage confirms a part that it did not store',
    reason: 'backup-failed',
    says: /rclone cat failed|does not give back/,
    arrange: (attempt) => bin(attempt, 'rclone', '[ $turn -eq 3 ] && exit 0; exec "$real" "$@"', 'copyto*/part-'),
  },
  {
    name: 'the storage flips a bit of a part',
    reason: 'backup-failed',
    says: /does not give back what was stored as .*part-00002\.age: \d+ bytes came back of \d+, with another SHA-256/,
    arrange: (attempt) => flipped(attempt, 'part-00002.age'),
  },
  {
    name: 'the storage cuts a part off',
    reason: 'backup-failed',
    says: /does not give back what was stored|rclone cat failed/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored(`truncate -s ${upTo(PART - 1)} "$at"`)), '/part-00002.age'),
  },
  {
    name: 'the storage gives another object back',
    reason: 'backup-failed',
    says: /does not give back what was stored/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored('cp "$(dirname "$at")/part-00001.age" "$at"')), '/part-00002.age'),
  },
  {
    name: 'the upload of the manifest fails',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => bin(attempt, 'rclone', 'exit 1', '/manifest.json'),
  },
  {
    name: 'the storage does not give the manifest back as it was',
    reason: 'backup-failed',
    says: /manifest/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored(`sed -i 's/"rows": "9/"rows": "8/' "$at"`)), '/manifest.json'),
  },
  {
    name: 'the storage cuts the manifest off',
    reason: 'backup-damaged',
    says: /manifest/,
    arrange: (attempt) => bin(attempt, 'rclone', onlyUploads(stored('truncate -s 100 "$at"')), '/manifest.json'),
  },
  {
    name: 'the storage does not answer',
    reason: 'backup-failed',
    says: /rclone lsjson failed/,
    arrange: (attempt) => attempt.box({ location: { ...s3.location, endpoint: 'http://127.0.0.1:9' } }),
  },
  {
    name: 'the key of the storage is wrong',
    reason: 'backup-failed',
    says: /rclone .*failed/,
    arrange: (attempt) => attempt.box({ location: { ...s3.location, secretAccessKey: 'not-the-key' } }),
  },
  {
    name: 'the bucket does not exist',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => attempt.box({ location: { ...s3.location, bucket: 'nobodys' } }),
  },
  {
    name: 'the bucket may only be read',
    reason: 'backup-failed',
    says: /rclone copyto failed/,
    arrange: (attempt) => attempt.box({ location: readOnly.location }),
  },
  {
    name: 'the disk of the storage is full',
    reason: 'backup-failed',
    says: /rclone copyto failed|rclone cat failed|does not give back/,
    arrange: (attempt) => {
      const disk = join(s3.folder, 'full');
      mkdirSync(disk, { recursive: true });
      execaSync('mount', ['-t', 'tmpfs', '-o', `size=${PART + upTo(PART)}`, 'tmpfs', disk]);
      attempt.after.push(() => void execaSync('umount', ['--lazy', disk]));
      return attempt.box({ location: { ...s3.location, prefix: 'full/todo' } });
    },
  },
  {
    name: 'the disk is full during the dump',
    reason: 'backup-failed',
    says: /No space left/,
    arrange: (attempt) => fullDisk(attempt, 300),
  },
  {
    name: 'the disk is full at a part',
    reason: 'backup-failed',
    says: /ENOSPC/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, partBytes: 10_000_000 };
      return fullDisk(attempt, 1000);
    },
  },
  {
    name: 'the role may not read a table',
    reason: 'backup-refused',
    says: /"narrow" may not read audit\.log, public\.todo/,
    arrange: (attempt) =>
      role(
        attempt,
        'GRANT pg_read_all_data TO narrow; REVOKE pg_read_all_data FROM narrow; GRANT USAGE ON SCHEMA audit TO narrow; GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow; REVOKE SELECT ON public.todo FROM narrow; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO narrow',
      ),
  },
  {
    name: 'the role may not read a sequence',
    reason: 'backup-refused',
    says: /may not read public\.tickets, public\.todo_id_seq/,
    arrange: (attempt) =>
      role(attempt, 'GRANT USAGE ON SCHEMA audit TO narrow; GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO narrow'),
  },
  {
    name: 'the role may not read a large object',
    reason: 'backup-refused',
    says: /may not read large object 4242, large object 4243/,
    arrange: (attempt) => role(attempt, 'GRANT pg_read_all_data TO narrow'),
  },
  {
    name: 'row security hides rows from the role',
    reason: 'backup-refused',
    says: /row security hides rows of audit\.log/,
    arrange: (attempt) => {
      attempt.after.push(() => void source.sql('ALTER TABLE audit.log DISABLE ROW LEVEL SECURITY', 'todo'));
      return role(attempt, 'GRANT pg_read_all_data TO narrow; ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY');
    },
  },
  {
    name: 'the server is newer than the programs',
    reason: 'backup-refused',
    says: /The server is PostgreSQL 1\d\.\d+, and pg_dump is 1\d\.\d+: an older one cannot dump it/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...newer.address, database: 'todo' } };
      return attempt.box();
    },
  },
  {
    name: 'the password is wrong',
    reason: 'backup-failed',
    says: /password authentication failed/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, password: 'wrong-password' } };
      return attempt.box();
    },
  },
  {
    name: 'the database does not exist',
    reason: 'backup-failed',
    says: /database "nobodys" does not exist/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, database: 'nobodys' } };
      return attempt.box();
    },
  },
  {
    name: 'the server does not answer',
    reason: 'backup-failed',
    says: /Connection refused/,
    arrange: (attempt) => {
      attempt.options = { ...attempt.options, address: { ...attempt.options.address, port: 9 } };
      return attempt.box();
    },
  },
  {
    name: 'another backup is under way',
    reason: 'backup-failed',
    says: /Another backup of the database "todo" is under way/,
    arrange: async (attempt) => {
      const other = attempt.box();
      const session = await other.tools.postgres.open(attempt.options.address);
      await session.run('SELECT 1 FROM pg_catalog.pg_advisory_lock(8389772277102538105) WHERE false');
      await session.rows(`SELECT pg_catalog.jsonb_build_object('x', pg_catalog.pg_advisory_lock(8389772277102538105)::text)`);
      attempt.after.push(() => session.close());
      return attempt.box();
    },
  },
  {
    name: 'the run is cancelled',
    reason: 'cancelled',
    says: /Cancelled/,
    arrange: (attempt) => {
      const cancel = new AbortController();
      const box = bin(attempt, 'age', 'sleep 1; exec "$real" "$@"');
      box.close();
      setTimeout(() => cancel.abort(), 1000);
      return attempt.box({ path: attempt.path, signal: cancel.signal });
    },
  },
  {
    name: 'a program is missing',
    reason: 'tool-failed',
    says: /age was not found/,
    arrange: (attempt) => {
      for (const name of ['psql', 'pg_dump', 'pg_dumpall', 'pg_restore']) symlinkSync(join(source.bin, name), join(attempt.path, name));
      for (const name of ['tar', 'rclone']) symlinkSync(join('/usr/bin', name), join(attempt.path, name));
      return attempt.box({ path: attempt.path, alone: true });
    },
  },
];

function flipped(attempt: Attempt, part: string): Toolbox {
  const script = stored(
    `printf '\\x01' | dd of="$at" bs=1 seek=${upTo(PART - 1)} conv=notrunc status=none; printf '\\x02' | dd of="$at" bs=1 seek=${PART - 1} conv=notrunc status=none`,
  );
  return bin(attempt, 'rclone', onlyUploads(script), `/${part}`);
}

beforeAll(async () => {
  stage = await openStage();
  ({ s3 } = stage);
  [source] = stage.servers as [Server];
  ({ keys } = stage);
  readOnly = await startS3({ readOnly: true });
  newer = await startPostgres('newest');
  source.sql(SEED);
  newer.sql('CREATE DATABASE todo');
  const box = toolbox(source.bin, s3.location);
  parts = (await takeBackup(optionsOf(), box.tools)).manifest.parts.length;
  box.close();
}, STAGE_LIMIT_MS);
afterAll(async () => {
  newer?.close();
  await readOnly?.close();
  await stage?.close();
});

const optionsOf = (): TakeOptions => takeOptions({ ...source.address, database: 'todo' }, keys, { partBytes: PART });
const idsThere = async (): Promise<string[]> => {
  const box = toolbox(source.bin, s3.location);
  const { backups, damaged } = await inventory(box.tools.store);
  box.close();
  expect(damaged).toEqual([]);
  return backups.map(({ manifest }) => manifest.id);
};

describe(`faults of a backup (FAULT_SEED=${seed})`, () => {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round + 1);
  const played = sampledRows(FAULTS, 'faults of a backup', 12).flatMap((fault) => rounds.map((round) => ({ ...fault, round })));
  test.each(played)('$name: red, and no backup ($round)', async ({ reason, says, arrange }) => {
    const boxes: Toolbox[] = [];
    const attempt: Attempt = {
      options: optionsOf(),
      path: faultFolder(),
      after: [],
      box: ({ location = s3.location, bin: programs = source.bin, ...more } = {}) => {
        const box = toolbox(programs, location, more);
        boxes.push(box);
        return box;
      },
    };
    const there = await idsThere();
    let error: unknown;
    try {
      const { tools } = await arrange(attempt);
      error = await takeBackup(attempt.options, tools).catch((reason: unknown) => reason);
    } finally {
      for (const box of boxes) box.close();
      for (const undo of attempt.after) await undo();
      rmSync(attempt.path, { recursive: true, force: true });
    }
    expect(error).toBeInstanceOf(DeployError);
    const { message, reason: seen } = error as DeployError;
    expect(message).toMatch(says);
    expect(seen).toBe(reason);
    expect(await idsThere()).toEqual(there);
  });

  test('the next run leaves nothing of them', async () => {
    const box = toolbox(source.bin, s3.location);
    const { manifest } = await takeBackup(optionsOf(), box.tools);
    const { backups, unfinished, damaged } = await inventory(box.tools.store);
    box.close();
    expect(backups[0]?.manifest.id).toBe(manifest.id);
    expect({ backups: backups.length, unfinished, damaged }).toEqual({ backups: 2, unfinished: [], damaged: [] });
  });
});
