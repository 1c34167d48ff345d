import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa, execaSync } from 'execa';
import { encodeLayers, LAYERS_TYPE } from '../../src/build/known/layers.ts';
import { decodeRecord, encodeRecord, KEY_ANNOTATION, RECORD_TYPE } from '../../src/build/known/record.ts';
import { readIgnore } from '../../src/tools/build-context/ignore.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { RegistryClient } from '../../src/tools/registry/client.ts';
import { type ActionResult, errorsOf } from '../support/action.ts';
import { buildPlace, reportOf } from './build-push-support.ts';

const place = buildPlace('known', {
  'web/Dockerfile': 'FROM python:3.13-slim\nRUN pip install --no-cache-dir --root-user-action=ignore cowsay==6.1\nCOPY . /app/\n',
  'web/.dockerignore': '*.md\n',
  'web/app.py': 'import cowsay\n',
  'api/Dockerfile': 'ARG BASE\nFROM $BASE\nCOPY hello /hello\n',
  'api/hello': `hello ${Date.now()}`,
});
const images = 'web: ./web\napi: ./api';
/** What a runner that has never seen these images has in its caches. */
const fresh = (): Record<string, string> => ({ TRIVY_CACHE_DIR: mkdtempSync(join(tmpdir(), 'todo-deploy-known-trivy-')) });
const base = (): string => `${place.prefix}/base:1`;
const run = (inputs: Record<string, string> = {}, env: Record<string, string> = {}): Promise<ActionResult> =>
  place.main({ images, 'build-args': `BASE=${base()}`, ...inputs }, { ...fresh(), ...env });
const built = ({ log }: ActionResult): string[] => log.flatMap((line) => /^\[(\w+)\] built /.exec(line)?.[1] ?? []).sort();
const known = ({ log }: ActionResult): string[] => log.flatMap((line) => /^\[(\w+)\] known: /.exec(line)?.[1] ?? []).sort();
const crane = (...args: string[]): Promise<string> => place.registry.crane(...args);
const client = (): RegistryClient =>
  new RegistryClient({
    runner: new NodeProcessRunner({}),
    dockerConfig: place.cluster.dockerConfig,
    env: { ...process.env, ...place.cluster.env },
  });

let first: ActionResult;
beforeAll(async () => {
  await crane('copy', `${place.cluster.registry.host}/library/busybox:1.37`, base());
  first = await run();
}, 300_000);

describe('an image from which nothing has changed', () => {
  test('is neither built nor scanned, on a runner that has never seen it, and gets the new commit’s tag', async () => {
    expect([errorsOf(first), built(first)]).toEqual([[], ['api', 'web']]);
    const commit = place.commit();
    const result = await run();
    expect([errorsOf(result), built(result), known(result)]).toEqual([[], [], ['api', 'web']]);
    expect(result.log.filter((line) => /scanned linux/.test(line))).toEqual([]);
    expect(result.outputs).toMatchObject({ images: first.outputs.images, pushed: 'true', version: commit });
    expect(reportOf(result).images.map((image) => image.result)).toEqual(['unchanged', 'unchanged']);
    expect(reportOf(result).scans).toEqual(reportOf(first).scans);
    for (const line of (result.outputs.images ?? '').split('\n')) {
      const [name, digest] = line.split('=');
      expect(await place.registry.digest(`${place.prefix}/${name}:${commit}`)).toBe(digest);
    }
  });

  test('stays known when a file changes that the build does not see; another one is built', async () => {
    place.write({ 'web/README.md': `${Date.now()}`, 'api/hello': `hello ${Date.now()}` });
    const result = await run();
    expect([errorsOf(result), built(result), known(result)]).toEqual([[], ['api'], ['web']]);
  });

  test.each<[string, Record<string, string>]>([
    ['a build argument', { 'build-args': 'BASE=busybox:1.37' }],
    ['a label', { labels: 'team=a', 'build-args': 'BASE=busybox:1.37' }],
    ['a wish to build', { reuse: 'false' }],
    ['no cache in the registry, whose writers are trusted with what is built', { cache: 'off' }],
    ['what is looked for', { scanners: 'vuln,secret,license' }],
    ['a document that is wanted', { provenance: 'true' }],
  ])('is built for %s', async (_, inputs) => {
    const result = await run({ images: 'api: ./api', ...inputs }, { GITHUB_REF: `refs/heads/main` });
    expect([errorsOf(result), built(result)]).toEqual([[], ['api']]);
  });

  test('is built where its base image has moved', async () => {
    await run({ images: 'api: ./api' });
    expect(known(await run({ images: 'api: ./api' }))).toEqual(['api']);
    await crane('mutate', base(), '--label', `moved=${Date.now()}`, '--tag', base());
    expect(built(await run({ images: 'api: ./api' }))).toEqual(['api']);
  });

  test('is stopped by a stricter gate, without a build', async () => {
    const result = await run({ images: 'web: ./web', severity: 'LOW' });
    expect([built(result), result.exitCode]).toEqual([[], 1]);
    expect(errorsOf(result)[0]).toContain('Stopped before the push: CVE-2026-90006 (LOW) in web (linux/amd64): cowsay 6.1');
  });
});

test('with a newer database the recorded packages are scanned, and the verdict is theirs', async () => {
  const work = mkdtempSync(join(tmpdir(), 'todo-deploy-known-db-'));
  const host = place.cluster.registry.host;
  const own = `${place.prefix}/db`;
  await execa(
    'sh',
    [
      '-c',
      `crane blob ${host}/trivy-db@$(crane manifest ${host}/trivy-db:2 | sed 's/.*"digest":"\\(sha256:[0-9a-f]*\\)","size":[0-9]*,"annotations.*/\\1/') | tar -xz -C ${work}`,
    ],
    {
      env: place.cluster.env,
    },
  );
  const metadata = JSON.parse(readFileSync(join(work, 'metadata.json'), 'utf8'));
  writeFileSync(join(work, 'metadata.json'), JSON.stringify({ ...metadata, UpdatedAt: '2026-02-01T00:00:00Z' }));
  const layout = mkdtempSync(join(tmpdir(), 'todo-deploy-known-layout-'));
  await pushDatabase(work, layout, `${own}:2`);
  const result = await run({ images: 'web: ./web' }, { TRIVY_DB_REPOSITORY: `${own}:2` });
  expect([errorsOf(result), built(result), known(result)]).toEqual([[], [], ['web']]);
  expect(result.log.join('\n')).toContain('its packages were scanned again (database of 2026-02-01T00:00Z)');
  expect(reportOf(result).scans[0]?.findings).toEqual(reportOf(first).scans[0]?.findings);
  // And that is recorded: the next one need not.
  const next = await run({ images: 'web: ./web' }, { TRIVY_DB_REPOSITORY: `${own}:2` });
  expect(next.log.join('\n')).toContain('its scan holds (database of 2026-02-01T00:00Z)');
});

describe('a record that is not ours is believed about nothing else than the scan of its digests', () => {
  const forge = async (change: (record: NonNullable<ReturnType<typeof decodeRecord>>) => object, subject?: string): Promise<void> => {
    const registry = client();
    const repository = `${place.prefix}/web`;
    const head = await registry.head(repository, subject ?? 'main');
    if (head === undefined) throw new Error('no image');
    const ours = await registry.head(repository, 'main');
    const list = await registry.referrers(repository, ours?.digest ?? '');
    const digest = list.filter(({ artifactType }) => artifactType === RECORD_TYPE).at(-1)?.digest ?? '';
    const record = decodeRecord((await registry.artifact(repository, digest)) ?? new Uint8Array());
    if (record === undefined) throw new Error('no record');
    const content = encodeRecord({ ...record, ...change(record) } as typeof record);
    await registry.attach({
      repository,
      subject: head,
      artifactType: RECORD_TYPE,
      content,
      annotations: { [KEY_ANNOTATION]: record.key },
      replaces: true,
    });
    await registry.close();
  };
  const restored = async (): Promise<void> => {
    const result = await run({ images: 'web: ./web', reuse: 'true' });
    expect(errorsOf(result)).toEqual([]);
  };

  test.each<[string, (record: NonNullable<ReturnType<typeof decodeRecord>>) => object]>([
    ['scans of another image', ({ scans }) => ({ scans: scans.map((scan) => ({ ...scan, digest: `sha256:${'0'.repeat(64)}` })) })],
    ['no scan', () => ({ scans: [] })],
    ['another scanner', () => ({ scanner: '0.1.0' })],
    ['other accepted findings', () => ({ ignored: 'sha256:other' })],
    ['another base', ({ sources }) => ({ sources: sources.map((source) => ({ ...source, digest: `sha256:${'1'.repeat(64)}` })) })],
  ])('%s: built and scanned', async (_, change) => {
    await forge(change);
    const result = await run({ images: 'web: ./web' });
    expect([errorsOf(result), built(result)]).toEqual([[], ['web']]);
    await restored();
  });
});

describe('an ignore file is read as BuildKit reads it', () => {
  const FILES = [
    'Dockerfile',
    'README.md',
    'a.txt',
    'abc',
    'docs/README.md',
    'docs/keep/a.md',
    'docs/keep/secret/x',
    'src/a.ts',
    'src/docs/b.ts',
    'src/deep/er/c.log',
  ];
  test.each([
    'docs',
    '/docs/\n*.md',
    '**/*.md',
    '*\n!src',
    'docs\n!docs/keep\ndocs/keep/secret',
    'docs/**\n!docs/keep/a.md',
    '**/docs',
    'src/**/c.log\n!**/c.log\nsrc/deep/*/c.?og',
    '[a-b].txt\na?c',
    '# docs\n\n  abc  \n./src/../README.md',
    '*\n!docs/*/a.md',
    '**',
  ])('%j', async (ignore) => {
    const work = mkdtempSync(join(tmpdir(), 'todo-deploy-ignore-'));
    for (const name of FILES) {
      mkdirSync(dirname(join(work, 'in', name)), { recursive: true });
      writeFileSync(join(work, 'in', name), name);
    }
    writeFileSync(join(work, 'in/Dockerfile'), 'FROM scratch\nCOPY . /\nCOPY --from=more . /\n');
    writeFileSync(join(work, 'in/.dockerignore'), ignore);
    mkdirSync(join(work, 'more'));
    writeFileSync(join(work, 'more/.there'), '');
    await execa(
      'docker-buildx',
      ['build', `--build-context=more=${join(work, 'more')}`, `--output=type=local,dest=${join(work, 'out')}`, join(work, 'in')],
      {
        env: place.cluster.env,
      },
    );
    const seen = readdirSync(join(work, 'out'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !['.there', '.dockerignore'].includes(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(work, 'out').length + 1));
    const { ignores } = readIgnore(ignore);
    expect(FILES.filter((name) => !ignores(name)).sort()).toEqual(seen.sort());
  });
});

async function pushDatabase(content: string, layout: string, reference: string): Promise<void> {
  const { Layout } = await import('../../cluster/images/oci.ts');
  await execa('tar', ['-C', content, '-cf', join(layout, 'db.tar'), 'metadata.json', 'trivy.db']);
  const target = await Layout.open(layout);
  const { descriptor } = await target.putLayer(join(layout, 'db.tar'), { mediaType: 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip' });
  const layer = { ...descriptor, annotations: { 'org.opencontainers.image.title': 'db.tar.gz' } };
  await target.tag(await target.putArtifact('application/vnd.aquasec.trivy.config.v1+json', [layer]), reference);
  await crane('push', layout, reference);
}

describe('what the scanner knows of layers', () => {
  const looked = ({ log }: ActionResult): string[] =>
    log.filter((line) => /layers of an earlier image are known|once more, without the cache/.test(line));

  test('comes from the registry on a new runner, and gives what a whole scan gives', async () => {
    place.write({ 'web/app.py': `import cowsay  # ${Date.now()}\n` });
    const shared = await run({ images: 'web: ./web' }, { RUNNER_DEBUG: '1' });
    expect([errorsOf(shared), built(shared), looked(shared)]).toEqual([
      [],
      ['web'],
      [expect.stringContaining('layers of an earlier image are known')],
    ]);
    const whole = await run({ images: 'web: ./web', cache: 'off' }, { RUNNER_DEBUG: '1' });
    expect(looked(whole)).toEqual([]);
    expect(reportOf(shared).scans).toEqual(reportOf(whole).scans);
  });

  test('that is broken is done without', async () => {
    const registry = client();
    const repository = `${place.prefix}/web`;
    const head = await registry.head(repository, 'main');
    if (head === undefined) throw new Error('no image');
    const content = encodeLayers(trivyVersion(), { 'linux/amd64': Buffer.from('no bolt file'.repeat(5000)) });
    await registry.attach({ repository, subject: head, artifactType: LAYERS_TYPE, content, replaces: true });
    await registry.close();
    place.write({ 'web/app.py': `import cowsay  # broken ${Date.now()}\n` });
    const result = await run({ images: 'web: ./web' }, { RUNNER_DEBUG: '1' });
    expect([errorsOf(result), built(result)]).toEqual([[], ['web']]);
    expect(looked(result).join('\n')).toContain('once more, without the cache');
    expect(reportOf(result).scans[0]?.packages).toBe(reportOf(first).scans[0]?.packages);
  });
});

/** Version of Trivy, as the cluster has it. */
function trivyVersion(): string {
  return JSON.parse(execaSync('trivy', ['version', '--format=json'], { env: place.cluster.env }).stdout).Version.replace(/^v/, '');
}
