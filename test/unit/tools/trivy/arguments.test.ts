import { describe, expect, test } from '@jest/globals';
import { databaseArguments, sbomArguments, scanArguments } from '../../../../src/tools/trivy/arguments.ts';
import { readSettings } from '../../../../src/tools/trivy/settings.ts';

const files = { configFile: '/p/config', ignoreFile: '/p/ignore', moduleFolder: '/p/modules', cacheFolder: '/c', offline: false };
const request = { layout: '/l', subject: 'web linux/amd64', scanners: ['vuln' as const, 'secret' as const], timeoutMs: 90_000 };

describe('trivy', () => {
  test('asks for every severity, and leaves the verdict to us', () => {
    const args = scanArguments({ ...request, ignoreFile: 'ignore' }, '/o', files);
    for (const argument of ['--input=/l', '--format=json', '--scanners=vuln,secret', '--exit-code=0', '--timeout=90s'])
      expect(args).toContain(argument);
    expect(args).toContain('--severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL');
    expect(args.find((argument) => argument.startsWith('--ignorefile=/'))).toMatch(/\/ignore$/);
    expect(sbomArguments({ layout: '/l', format: 'spdx-json', timeoutMs: 1 }, '/o', files)).toContain('--format=spdx-json');
  });

  test('always reads a configuration, an ignore file and modules of our own, and fetches no database while it scans', () => {
    const { database, javaDatabase } = readSettings({});
    const own = ['--config=/p/config', '--ignorefile=/p/ignore', '--module-dir=/p/modules', '--cache-dir=/c'];
    const scan = scanArguments(request, '/o', files);
    const all = [scan, sbomArguments({ layout: '/l', format: 'cyclonedx', timeoutMs: 1 }, '/o', files)];
    for (const args of all) expect(args).toEqual(expect.arrayContaining([...own, '--skip-db-update', '--skip-java-db-update']));
    for (const args of [database, javaDatabase].map((one) => databaseArguments(one, 'a/b', files, 1000)))
      expect(args).toEqual(expect.arrayContaining(own));
    expect(scanArguments(request, '/o', files, '/layers')).toEqual(expect.arrayContaining(['--cache-backend=fs', '--cache-dir=/layers']));
  });

  test('may be told not to ask the network', () => {
    expect(scanArguments(request, '/o', { ...files, offline: true })).toContain('--offline-scan');
  });
});

describe('where Trivy’s data comes from', () => {
  test('is read from its variables', () => {
    const { database, javaDatabase, offline, cacheFolder } = readSettings({
      TRIVY_DB_REPOSITORY: 'a.io/db:2, b.io/db:2,\nc.io/db',
      TRIVY_SKIP_JAVA_DB_UPDATE: '1',
      TRIVY_OFFLINE_SCAN: 'TRUE',
      TRIVY_CACHE_DIR: '/c',
    });
    expect([database.addresses, database.isNamed, database.skip]).toEqual([['a.io/db:2', 'b.io/db:2', 'c.io/db'], true, false]);
    expect([javaDatabase.addresses[0], javaDatabase.isNamed, javaDatabase.skip]).toEqual([
      'mirror.gcr.io/aquasec/trivy-java-db',
      false,
      true,
    ]);
    expect([offline, cacheFolder, database.folder]).toEqual([true, '/c', '/c/db']);
    expect(() => readSettings({ TRIVY_DB_REPOSITORY: 'a.io/db,https://b.io/db' })).toThrow('TRIVY_DB_REPOSITORY names "https://b.io/db"');
    expect(() => readSettings({ TRIVY_SKIP_DB_UPDATE: 'yes' })).toThrow('TRIVY_SKIP_DB_UPDATE is "yes": not a boolean');
  });

  test('and the others are named', () => {
    const env = {
      TRIVY_SKIP_DIRS: 'app',
      TRIVY_PASSWORD: 'x',
      TRIVY_DB_REPOSITORY: 'x',
      TRIVY_IGNOREFILE: '.trivyignore',
      TRIVY_DEBUG: '',
    };
    expect(readSettings(env).dropped).toEqual(['TRIVY_IGNOREFILE', 'TRIVY_SKIP_DIRS']);
  });
});
