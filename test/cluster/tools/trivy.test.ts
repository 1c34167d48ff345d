import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { layoutOf } from '../../support/image-layout.ts';
import { cluster, environment, failure, workplace } from './support.ts';
import { findingsOf, jar, javaDatabase, pushJavaDatabase, refusing, scanIn, VULNERABLE } from './trivy-support.ts';

const { files, folder } = workplace('td-tools-trivy');
const FOUND = ['CVE-2026-90002', 'private-key'];
let vulnerable: string;
let java: string;
/** A cache folder with the database, as a job keeps one. */
let kept: string;

beforeAll(async () => {
  vulnerable = await layoutOf(VULNERABLE);
  java = await layoutOf({ 'opt/tool.jar': jar() });
  kept = join(folder, 'kept');
  await scanIn({ TRIVY_CACHE_DIR: kept }, vulnerable, files);
}, 120_000);
afterAll(() => {
  for (const layout of [vulnerable, java]) rmSync(dirname(layout), { recursive: true, force: true });
});

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** A copy of the kept cache whose database is of this date. */
function keptOf(date: Date): string {
  const copy = join(folder, `kept-${date.getTime()}`);
  mkdirSync(copy, { recursive: true });
  cpSync(join(kept, 'db'), join(copy, 'db'), { recursive: true });
  const path = join(copy, 'db', 'metadata.json');
  const metadata = { ...JSON.parse(readFileSync(path, 'utf8')), UpdatedAt: date.toISOString(), NextUpdate: date.toISOString() };
  writeFileSync(path, JSON.stringify({ ...metadata, DownloadedAt: date.toISOString() }));
  return copy;
}

describe('variables of the job', () => {
  /** What each makes of Trivy alone: less than there is. */
  const BLINDING = (): Record<string, string> => ({
    TRIVY_SKIP_DIRS: '**',
    TRIVY_SKIP_FILES: '**/*',
    TRIVY_IGNOREFILE: file('ignore', `${FOUND.join('\n')}\n`),
    TRIVY_CONFIG: file('trivy.yaml', 'scan:\n  skip-dirs: ["**"]\n'),
    TRIVY_SECRET_CONFIG: file('secret.yaml', 'disable-rules: [private-key]\n'),
    TRIVY_IGNORE_POLICY: file('policy.rego', 'package trivy\ndefault ignore = true\n'),
    TRIVY_SCANNERS: 'license',
    TRIVY_SEVERITY: 'LOW',
    TRIVY_IGNORE_STATUS: 'affected,fixed',
    TRIVY_PKG_TYPES: 'os',
    TRIVY_FORMAT: 'table',
  });

  test.each(Object.keys(BLINDING()).map((name) => [name]))(
    '%s does not decide what counts, as it would',
    async (name) => {
      const job = { [name]: BLINDING()[name] };
      const alone = execaSync(
        'trivy',
        ['image', `--input=${vulnerable}`, '--cache-backend=memory', '--skip-db-update', '--quiet', '--format=json'],
        {
          env: { ...environment, ...job, TRIVY_CACHE_DIR: kept },
          reject: false,
        },
      );
      if (!['TRIVY_FORMAT', 'TRIVY_SCANNERS', 'TRIVY_SEVERITY'].includes(name)) {
        expect(findingsOf(JSON.parse(alone.stdout))).not.toEqual(FOUND);
      }
      expect((await scanIn(job, vulnerable, files)).findings).toEqual(FOUND);
    },
    60_000,
  );

  test('all of Trivy’s flags at once, at their worst, leave the verdict as it is', async () => {
    const { stdout: help } = execaSync('trivy', ['image', '--help'], { env: environment });
    const flags = [...help.matchAll(/^\s+(?:-\w, )?--([a-z][a-z-]+)( \w+)?/gm)].map(
      ([, name = '', type]) => [name, type !== undefined] as const,
    );
    expect(flags.length).toBeGreaterThan(80);
    const variable = (name: string): string => `TRIVY_${name.toUpperCase().replaceAll('-', '_')}`;
    const worst = Object.fromEntries(flags.map(([name, hasValue]) => [variable(name), hasValue ? '/nowhere' : 'true']));
    const job = {
      ...worst,
      ...BLINDING(),
      TRIVY_RUN_AS_PLUGIN: 'none',
      // Where data comes from stays the job's: tested below.
      ...Object.fromEntries(
        Object.entries(environment).filter(([name]) => /^TRIVY_.*(REPOSITORY|CACHE_DIR|SKIP_\w*DB_UPDATE)$/.test(name)),
      ),
      ...{ TRIVY_SKIP_DB_UPDATE: undefined, TRIVY_CACERT: undefined },
    };
    expect((await scanIn(job, vulnerable, files)).findings).toEqual(FOUND);
  }, 60_000);

  test('a module below HOME is not loaded, an ignore file beside the checkout is not read', async () => {
    const home = join(folder, 'home');
    mkdirSync(join(home, '.trivy', 'modules'), { recursive: true });
    writeFileSync(join(home, '.trivy', 'modules', 'bad.wasm'), 'no module');
    expect((await scanIn({ HOME: home }, vulnerable, files)).findings).toEqual(FOUND);
  }, 60_000);
});

describe('the vulnerability database', () => {
  const NOWHERE = '127.0.0.1:9/trivy-db:2';

  test('that the job keeps is used, and not asked for', async () => {
    const job = { TRIVY_CACHE_DIR: kept, TRIVY_SKIP_DB_UPDATE: 'true', TRIVY_SKIP_JAVA_DB_UPDATE: 'true', TRIVY_DB_REPOSITORY: NOWHERE };
    expect((await scanIn(job, vulnerable, files)).findings).toEqual(FOUND);
  }, 60_000);

  test('that the job says to keep, and has not', async () => {
    const cache = join(folder, 'empty');
    const error = await failure(scanIn({ TRIVY_CACHE_DIR: cache, TRIVY_SKIP_DB_UPDATE: 'true' }, vulnerable, files));
    expect(error.message).toBe(
      `app (linux/amd64) was not scanned: Trivy’s vulnerability database is not in ${cache}/db, and TRIVY_SKIP_DB_UPDATE forbids to fetch it`,
    );
  }, 60_000);

  test('that cannot be read is fetched anew, or named where the job keeps it', async () => {
    const cache = keptOf(new Date());
    const TRIVY_CACHE_DIR = cache;
    truncateSync(join(cache, 'db', 'trivy.db'), 1000);
    const error = await failure(scanIn({ TRIVY_CACHE_DIR, TRIVY_SKIP_DB_UPDATE: 'true' }, vulnerable, files));
    expect(error.message).toMatch(
      /^app \(linux\/amd64\) was not scanned: Trivy’s vulnerability database in .*\/db cannot be used \(.*invalid database\), and TRIVY_SKIP_DB_UPDATE forbids to fetch it$/,
    );
    expect((await scanIn({ TRIVY_CACHE_DIR }, vulnerable, files)).findings).toEqual(FOUND);
  }, 60_000);

  test('comes from the first address that has it', async () => {
    const limited = await refusing(429, 'TOOMANYREQUESTS');
    const TRIVY_DB_REPOSITORY = `${NOWHERE},${limited.address}/trivy-db:2,${cluster.trivyDb}`;
    expect((await scanIn({ TRIVY_CACHE_DIR: join(folder, 'turn'), TRIVY_DB_REPOSITORY }, vulnerable, files)).findings).toEqual(FOUND);
    limited.close();
  }, 60_000);

  test('that no address has is one line with image, database, addresses, causes and variable', async () => {
    const limited = await refusing(429, 'TOOMANYREQUESTS');
    const addresses = [NOWHERE, 'db.invalid/trivy-db:2', `${limited.address}/trivy-db:2`];
    const error = await failure(
      scanIn({ TRIVY_CACHE_DIR: join(folder, 'none'), TRIVY_DB_REPOSITORY: addresses.join() }, vulnerable, files),
    );
    limited.close();
    expect(error.message).toMatch(
      /^app \(linux\/amd64\) was not scanned: Trivy’s vulnerability database could not be fetched from 127\.0\.0\.1:9\/trivy-db:2: connection refused; db\.invalid\/trivy-db:2: .*db\.invalid.*; 127\.0\.0\.1:\d+\/trivy-db:2: TOOMANYREQUESTS .* \(addresses of TRIVY_DB_REPOSITORY\)$/,
    );
    expect(error.message).not.toContain('\n');
    expect(error.reason).toBe('scan-failed');
  }, 60_000);

  test('that is old is said with its date, and refused beyond the limit', async () => {
    const day = 86_400_000;
    const old = new Date(Date.now() - 10 * day);
    const job = { TRIVY_CACHE_DIR: keptOf(old), TRIVY_SKIP_DB_UPDATE: 'true' };
    const date = old.toISOString().slice(0, 10);
    const said = await scanIn(job, vulnerable, files);
    expect([said.findings, said.warnings]).toEqual([FOUND, [expect.stringContaining(`vulnerability database is of ${date}, 10 days old`)]]);
    const error = await failure(scanIn(job, vulnerable, files, { databaseMaxAgeMs: 7 * day }));
    expect(error.message).toContain(`is of ${date}, 10 days old, and "database-max-age" allows 7d`);
    expect((await scanIn(job, vulnerable, files, { databaseMaxAgeMs: 11 * day })).warnings).toEqual([]);
  }, 60_000);

  test('that cannot be renewed is used while the limit allows it', async () => {
    const day = 86_400_000;
    const job = { TRIVY_CACHE_DIR: keptOf(new Date(Date.now() - 2 * day)), TRIVY_DB_REPOSITORY: NOWHERE };
    await expect(scanIn(job, vulnerable, files)).rejects.toThrow('could not be fetched');
    const { findings, warnings } = await scanIn(job, vulnerable, files, { databaseMaxAgeMs: 3 * day });
    expect([findings, warnings.length]).toEqual([FOUND, 1]);
    expect(warnings[0]).toContain('connection refused');
  }, 60_000);
});

describe('an image with a .jar needs the Java database', () => {
  test('which cannot be had', async () => {
    const job = { TRIVY_SKIP_JAVA_DB_UPDATE: undefined, TRIVY_JAVA_DB_REPOSITORY: '127.0.0.1:9/trivy-java-db:1' };
    const error = await failure(scanIn({ TRIVY_CACHE_DIR: join(folder, 'java'), ...job }, java, files));
    expect(error.message).toBe(
      'app (linux/amd64) was not scanned: Trivy’s Java database could not be fetched from 127.0.0.1:9/trivy-java-db:1: connection refused ' +
        '(addresses of TRIVY_JAVA_DB_REPOSITORY)',
    );
    expect((await scanIn({ TRIVY_CACHE_DIR: join(folder, 'java'), ...job }, vulnerable, files)).findings).toEqual(FOUND);
  }, 60_000);

  test('which the job keeps, or an address has: the archive is known by its content', async () => {
    const cache = join(folder, 'java-kept');
    javaDatabase(join(cache, 'java-db'), jar());
    const job = { TRIVY_CACHE_DIR: cache, TRIVY_SKIP_JAVA_DB_UPDATE: 'true' };
    expect((await scanIn(job, java, files)).packages).toEqual(['org.example:tool@1.2.3']);
    const address = `${cluster.registry.host}/td-tools/java-db:1`;
    await pushJavaDatabase(join(cache, 'java-db'), address);
    const TRIVY_JAVA_DB_REPOSITORY = `127.0.0.1:9/trivy-java-db:1,${address}`;
    const fetched = { TRIVY_CACHE_DIR: join(folder, 'java-fetched'), TRIVY_SKIP_JAVA_DB_UPDATE: undefined, TRIVY_JAVA_DB_REPOSITORY };
    expect((await scanIn(fetched, java, files)).packages).toEqual(['org.example:tool@1.2.3']);
  }, 60_000);

  test('which has had its time and cannot be renewed: it is used, and that is said', async () => {
    const cache = join(folder, 'java-stale');
    javaDatabase(join(cache, 'java-db'), jar());
    const metadata = { Version: 1, NextUpdate: '2026-01-02T00:00:00Z', UpdatedAt: '2026-01-01T00:00:00Z' };
    writeFileSync(join(cache, 'java-db', 'metadata.json'), JSON.stringify(metadata));
    const job = { TRIVY_CACHE_DIR: cache, TRIVY_SKIP_JAVA_DB_UPDATE: undefined, TRIVY_JAVA_DB_REPOSITORY: '127.0.0.1:9/trivy-java-db:1' };
    const { packages, warnings } = await scanIn(job, java, files);
    expect([packages, warnings]).toEqual([
      ['org.example:tool@1.2.3'],
      [expect.stringContaining('The one that is there is used, of 2026-01-01')],
    ]);
  }, 60_000);

  test('which the job says to keep, and has not', async () => {
    const error = await failure(scanIn({ TRIVY_CACHE_DIR: join(folder, 'java'), TRIVY_SKIP_JAVA_DB_UPDATE: 'true' }, java, files));
    expect(error.message).toContain(`a .jar in it needs Trivy’s Java database, which is not in ${join(folder, 'java')}/java-db`);
  }, 60_000);
});

test('a scan that takes too long names image, program, limit and input', async () => {
  // Many files: Trivy looks at its clock between two of them.
  const text = `${'key = "value" '.repeat(60)}\n`.repeat(1_500);
  const slow = await layoutOf(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`app/data-${index}.txt`, text])));
  const error = await failure(
    scanIn({ TRIVY_CACHE_DIR: kept, TRIVY_SKIP_DB_UPDATE: 'true' }, slow, files, { timeoutMs: 1_000, scanners: ['secret'] }),
  );
  expect(error.message).toBe('Timed out after 1 s waiting for the scan of app (linux/amd64) by trivy image (input "timeout")');
  rmSync(dirname(slow), { recursive: true, force: true });
}, 60_000);
