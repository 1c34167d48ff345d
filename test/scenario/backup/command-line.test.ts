import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa, execaSync } from 'execa';
import { openStage, SEED, STAGE_LIMIT_MS, type Stage } from '../../support/backup-stage.ts';
import { PASSWORD, type Server } from '../../support/postgres/server.ts';
import { type S3, SECRET_KEY } from '../../support/s3.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const RECIPE = /<!-- recipe: .*-->\n```sh\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/backups.md'), 'utf8'))?.[1] ?? '';

let [source, target, plain]: [Server, Server, Server] = [] as never;
let stage: Stage;
let s3: S3;
let keys: Stage['keys'];

beforeAll(async () => {
  stage = await openStage({ servers: 3 });
  ({ s3 } = stage);
  [source, target, plain] = stage.servers as [Server, Server, Server];
  ({ keys } = stage);
  source.sql(SEED);
}, STAGE_LIMIT_MS);
afterAll(() => stage?.close());

interface Result {
  ok: boolean;
  exitCode: number;
  outputs: Record<string, string>;
  report: Record<string, unknown>;
  error?: { reason: string; message: string };
}

const LOGIN = 'canary-of-the-login';

/** Every argument of every program that ran meanwhile, and what stood in log and files. */
const seen = { arguments: '', log: '', files: '' };

async function run(command: string, to: Server, flags: Record<string, string>, env: Record<string, string>): Promise<Result> {
  const storage = { destination: `s3://${s3.location.bucket}/all`, endpoint: s3.location.endpoint };
  const database = { 'database-host': to.address.host, 'database-port': String(to.address.port), 'database-user': 'postgres' };
  const all = { release: 'todo', ...storage, ...database, ...flags };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const temp = mkdtempSync(join(tmpdir(), 'todo-deploy-cli-'));
  const secrets = { AWS_ACCESS_KEY_ID: s3.location.accessKeyId, AWS_SECRET_ACCESS_KEY: SECRET_KEY, DATABASE_PASSWORD: PASSWORD, ...env };
  const running = execa(process.execPath, [join(ROOT, 'bin/todo-deploy.js'), command, '--json', '--debug', ...args], {
    env: { ...secrets, TMPDIR: temp, PATH: `${to.bin}:${process.env.PATH}` },
    reject: false,
  });
  const watch = setInterval(() => {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.arguments += readFileSync(`/proc/${id}/cmdline`, 'latin1');
      } catch {
        // It ended meanwhile.
      }
    }
  }, 5);
  const { stdout, stderr } = await running;
  clearInterval(watch);
  seen.log += stdout + stderr;
  seen.files += execaSync('sh', ['-c', `find ${temp} -type f -exec cat {} +`], { encoding: 'latin1' }).stdout;
  rmSync(temp, { recursive: true });
  return JSON.parse(stdout) as Result;
}

describe('on the command line', () => {
  let id = '';

  test('a backup is taken, and reported', async () => {
    const recipients = keys.map(({ recipient }) => recipient).join(',');
    const { ok, outputs, report } = await run('backup-job', source, { recipients, 'database-name': 'todo' }, {});
    expect(ok).toBe(true);
    id = outputs.backup ?? '';
    expect(outputs).toMatchObject({ sequence: '1', backup: expect.stringMatching(/^000001-/) });
    expect(report).toMatchObject({ backup: id, contents: { tables: 9, rows: '9117' }, removed: 0 });
  });

  test('a drill restores it, compares it, and says so beside it', async () => {
    const result = await run('restore-job', target, { mode: 'drill', 'database-name': 'postgres' }, { AGE_IDENTITY: keys[0].secret });
    expect(result.error).toBeUndefined();
    expect(result.outputs).toMatchObject({ backup: id, equal: 'true', database: 'todo' });
    expect(readdirSync(join(s3.folder, 'all/todo/todo', id)).filter((name) => name.startsWith('drill-'))).toHaveLength(1);
  });

  test('a dry run shows what would be removed, and writes nothing', async () => {
    const objects = () => readdirSync(s3.folder, { recursive: true }).sort();
    const before = objects();
    const { outputs, report, error } = await run('backup-job', source, { 'dry-run': 'true' }, {});
    expect(error).toBeUndefined();
    expect(outputs.backup).toBeUndefined();
    const because = expect.stringContaining('only 1 of the 3');
    expect(report).toEqual({ dryRun: true, remove: [], more: 0, later: 0, stay: 1, because, damaged: [], unfinished: [] });
    expect(objects()).toEqual(before);
  });

  test('the recipe as it is printed restores the same rows', async () => {
    const work = mkdtempSync(join(tmpdir(), 'todo-deploy-recipe-'));
    const { location } = s3;
    const rclone = {
      TYPE: 's3',
      PROVIDER: 'Other',
      ENDPOINT: location.endpoint,
      ACCESS_KEY_ID: location.accessKeyId,
      SECRET_ACCESS_KEY: SECRET_KEY,
    };
    const env = {
      // Of this machine's own; rclone cannot read one.
      AWS_CA_BUNDLE: undefined,
      ...Object.fromEntries(Object.entries(rclone).map(([name, value]) => [`RCLONE_CONFIG_STORE_${name}`, value])),
      BACKUP: `${location.bucket}/all/todo/todo/${id}`,
      KEY: keys[1].identityFile,
      PGHOST: plain.address.host,
      PGPORT: String(plain.address.port),
      PGUSER: 'postgres',
      PGPASSWORD: PASSWORD,
      PATH: `${plain.bin}:${process.env.PATH}`,
    };
    expect(RECIPE.trim().split('\n').length).toBeLessThanOrEqual(5);
    const { stderr } = await execa('bash', ['-euo', 'pipefail', '-c', RECIPE], { cwd: work, env });
    expect(stderr.split('\n').filter((line) => line.includes('ERROR'))).toEqual([
      expect.stringContaining('role "postgres" already exists'),
    ]);
    const rows = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM public.todo t";
    expect(plain.sql(rows, 'todo')).toBe(source.sql(rows, 'todo'));
    rmSync(work, { recursive: true });
  });

  test('a drill that finds a difference is red, and says so beside the backup', async () => {
    target.sql('DROP DATABASE todo');
    // What restores it changes a row.
    const bin = mkdtempSync(join(tmpdir(), 'todo-deploy-faults-'));
    execaSync('sh', [
      '-c',
      `printf '#!/bin/sh\\n${target.bin}/pg_restore "$@" || exit $?\\ncase "$*" in *--jobs*) PGDATABASE=todo ${target.bin}/psql -XqAtc "DELETE FROM public.todo WHERE id = 77";; esac\\n' > ${bin}/pg_restore; chmod +x ${bin}/pg_restore`,
    ]);
    const server = { ...target, bin: `${bin}:${target.bin}` };
    const result = await run('restore-job', server, { mode: 'drill', 'database-name': 'postgres' }, { AGE_IDENTITY: keys[0].secret });
    expect(result).toMatchObject({ ok: false, error: { reason: 'restore-unequal' }, outputs: { equal: 'false' } });
    expect(result.error?.message).toMatch(/table public\.todo: 7999 rows instead of 8000/);
    rmSync(bin, { recursive: true });
  });

  test('in the place of a database that is there: that one is kept, and the app gets in', async () => {
    const flags = { mode: 'replace', from: 'latest', 'database-name': 'postgres', fresh: 'true', 'login-user': 'app' };
    const secrets = { AGE_IDENTITY: keys[0].secret, LOGIN_PASSWORD: LOGIN };
    const { error, outputs, report } = await run('restore-job', target, flags, secrets);
    expect(error).toBeUndefined();
    expect(outputs).toMatchObject({ equal: 'true', database: 'todo' });
    expect(report.kept).toMatch(/^todo_before_1_[0-9a-f]{8}$/);
    expect([
      target.sql('SELECT count(*) FROM public.todo', 'todo'),
      target.sql('SELECT count(*) FROM public.todo', String(report.kept)),
    ]).toEqual(['8000', '7999']);
    expect(target.sql("SELECT rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = 'app'")).toBe('t');
    const again = await run('restore-job', target, flags, { ...secrets, LOGIN_PASSWORD: 'another' });
    expect(again.error).toBeUndefined();
    // One that has a password keeps it.
    expect(again.report.kept).not.toBe(report.kept);
    const login = execaSync(
      join(target.bin, 'psql'),
      ['-XqAtc', 'SELECT current_user', '-h', '127.0.0.1', '-p', String(target.address.port), '-U', 'app', 'todo'],
      {
        env: { PGPASSWORD: LOGIN },
      },
    );
    expect(login.stdout).toBe('app');
  });

  test.each([
    ['no release', { release: '' }, /--release is empty/],
    ['a destination that is none', { destination: 'acme-backups' }, /--destination is "acme-backups".*s3:\/\/BUCKET/s],
    ['an endpoint with a path', { endpoint: 'https://host/bucket' }, /--endpoint is no address of a storage/],
    ['one recipient', { recipients: 'KEY' }, /--recipients has 1 key\(s\): two at least/],
    ['a private key as recipient', { recipients: 'SECRET' }, /--recipients: its key number 1 is no public key of age/],
    ['a policy that keeps nothing', { keep: '0h' }, /--keep is "0h"/],
  ])('refused before anything is touched: %s', async (_, flags, says) => {
    const given = (flags as Record<string, string>).recipients ?? keys.map(({ recipient }) => recipient).join(',');
    const recipients = { KEY: keys[0].recipient, SECRET: keys[0].secret }[given] ?? given;
    const result = await run('backup-job', source, { 'database-name': 'todo', ...flags, recipients }, {});
    expect(result).toMatchObject({ ok: false, exitCode: 2, error: { reason: 'configuration' } });
    expect(result.error?.message).toMatch(says);
  });

  test('no secret stands in an argument, a log, a file that is left, or the bucket', () => {
    const stored = execaSync('sh', ['-c', `find ${s3.folder} -type f -exec cat {} +`], { encoding: 'latin1' }).stdout;
    expect(seen.arguments).toContain('pg_dump');
    expect(seen.arguments).toContain('rclone');
    for (const canary of [PASSWORD, SECRET_KEY, LOGIN, keys[1].secret]) {
      for (const [place, text] of Object.entries({ ...seen, stored })) expect([place, text.includes(canary)]).toEqual([place, false]);
    }
    // The one key that a test put into an argument by mistake, on purpose.
    expect(seen.log + seen.files + stored).not.toContain(keys[0].secret);
    expect(stored).not.toContain('todo 77');
  });
});
