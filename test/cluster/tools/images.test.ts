import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { LayoutFiles } from '../../../src/actions/build-push/layout-files.ts';
import { readLayout } from '../../../src/build/layout.ts';
import type { ProcessRunner } from '../../../src/interfaces/process.ts';
import { createLog } from '../../../src/runtime/log.ts';
import { Buildx } from '../../../src/tools/buildx/buildx.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { readSettings } from '../../../src/tools/trivy/settings.ts';
import { Trivy } from '../../../src/tools/trivy/trivy.ts';
import { cluster, environment, failure, runner, workplace } from './support.ts';

const { files } = workplace('td-tools-images');
const log = createLog({}, (text) => text);
/** Trivy says which layers it looks at only then. */
const debugging: ProcessRunner = { run: (options) => runner.run({ ...options, env: { ...options.env, TRIVY_DEBUG: 'true' } }) };
const registry = new RegistryClient({ runner, env: environment });
afterAll(() => registry.close());

describe('buildx, registry, Trivy', () => {
  const repository = `${cluster.registry.host}/td-tools/image`;
  const buildx = new Buildx({ runner, files, inherited: { ...environment, BUILDKIT_HOST: cluster.buildkit.address } });
  const layout = files.directory('layout');
  let digest = '';

  test('an image is built into a layout by a builder of our own, its secrets nowhere', async () => {
    const info = await buildx.prepare({ builder: 'own', name: 'td-tools' });
    expect(info).toMatchObject({ name: 'td-tools', own: true, driver: 'remote' });
    const context = files.directory('context');
    const dockerfile =
      'FROM python:3.13-slim\nARG GREETING\nRUN --mount=type=secret,id=token test "$(wc -c < /run/secrets/token)" = 8 && echo "$GREETING" > /greeting\n';
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    const lines: string[] = [];
    const request = {
      builder: 'td-tools',
      context,
      buildArgs: { GREETING: 'hello "you"' },
      secrets: { token: 's3cret,x' },
      labels: { 'a.b': 'c=d' },
      platforms: [],
      contexts: {},
      cacheFrom: [],
      cacheTo: [],
      sourceDateEpoch: 1_700_000_000,
      output: { kind: 'layout', folder: layout } as const,
      timeoutMs: 300_000,
      onLine: (line: string) => lines.push(line),
    };
    try {
      const built = await buildx.build(request);
      digest = built.digest ?? '';
      expect(Object.keys(built.provenance)).toEqual(['']);
    } finally {
      await buildx.remove('td-tools');
    }
    await buildx.remove('td-tools');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(lines.join('\n')).not.toContain('s3cret');
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
    expect(index.manifests.map((entry) => entry.digest)).toEqual([digest]);
  }, 400_000);

  test('a builder that is not there is named', async () => {
    await expect(buildx.prepare({ builder: 'no-such-builder', name: 'x' })).rejects.toThrow(
      'The builder "no-such-builder" did not start: ERROR: no builder',
    );
  }, 60_000);

  test('a layout is pushed unchanged, once; tags lead to the same bytes', async () => {
    await registry.authorize(repository, 'push');
    const store = new LayoutFiles(files);
    const { platforms } = await readLayout(await store.index(layout), (blob) => store.blob(layout, blob));
    const request = {
      layout,
      manifests: platforms.map((image) => image.descriptor),
      blobs: platforms.flatMap(({ blobs }) => blobs),
      repository,
    };
    const pushed = await registry.pushLayout(request);
    expect(pushed.manifests).toEqual([digest]);
    const again = await registry.pushLayout(request);
    expect([again.blobsUploaded, again.bytesUploaded, again.blobsPresent]).toEqual([0, 0, pushed.blobsUploaded + pushed.blobsPresent]);
    await registry.tag(repository, digest, 'v1');
    const bytes = readFileSync(join(layout, 'blobs', 'sha256', digest.slice(7)));
    const held = await registry.manifest(repository, 'v1');
    expect(Buffer.from(held?.bytes ?? []).equals(bytes)).toBe(true);
    expect(await registry.head(repository, 'v1')).toMatchObject({ digest, size: bytes.length });
    expect(await registry.tags(repository)).toContain('v1');
    expect(await registry.head(repository, 'never')).toBeUndefined();
    expect(await registry.tags(`${cluster.registry.host}/td-tools/never`)).toEqual([]);
  }, 120_000);

  test('an artifact is attached to the image and found again', async () => {
    const subject = await registry.head(repository, digest);
    if (subject === undefined) throw new Error('not pushed');
    const request = { repository, subject, artifactType: 'application/vnd.cyclonedx+json', content: Buffer.from('{"a":1}') };
    const first = await registry.attach(request);
    const second = await registry.attach({ ...request, content: Buffer.from('{"a":2}') });
    await registry.attach(request);
    const found = (await registry.referrers(repository, digest)).map((entry) => entry.digest);
    expect(found.sort()).toEqual([first.digest, second.digest].sort());
  });

  test('without a login the registry refuses, and the hint says what to do', async () => {
    const stranger = new RegistryClient({ runner, dockerConfig: files.directory('empty'), env: environment });
    const error = await failure(stranger.authorize(repository, 'push'));
    expect([error.status, error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(error.hint).toContain('"password"');
    await stranger.close();
  });

  test('Trivy reads the layout with the database of the registry', async () => {
    const trivy = new Trivy({
      runner,
      trivyPath: 'trivy',
      files,
      log,
      settings: readSettings(environment),
      timeoutMs: 120_000,
      keepLayers: false,
    });
    expect(await trivy.version()).toMatch(/^\d+\.\d+/);
    const report = (await trivy.scan({ layout, subject: 'tools', scanners: ['vuln', 'secret'], timeoutMs: 120_000 })) as {
      SchemaVersion: number;
      Results: { Class: string; Packages?: unknown[] }[];
    };
    expect(report.SchemaVersion).toBe(2);
    expect(report.Results.find(({ Class }) => Class === 'os-pkgs')?.Packages?.length).toBeGreaterThan(10);
    const sbom = JSON.parse(await trivy.sbom({ layout, format: 'cyclonedx', timeoutMs: 120_000 })) as { bomFormat: string };
    expect(sbom.bomFormat).toBe('CycloneDX');
  }, 400_000);

  test('a layer that Trivy has seen is not looked at again, and found the same; a broken cache stops no scan', async () => {
    const cacheRoot = files.directory('trivy-cache');
    const scan = async () => {
      const lines: string[] = [];
      // A new one each time, as each run has.
      const settings = readSettings({ ...environment, TRIVY_CACHE_DIR: cacheRoot });
      const trivy = new Trivy({ runner: debugging, trivyPath: 'trivy', files, log, settings, timeoutMs: 120_000 });
      const onLine = (line: string) => lines.push(line);
      const request = { layout, subject: 'tools linux/amd64', scanners: ['vuln', 'secret'] as const, timeoutMs: 120_000, onLine };
      const { Results } = (await trivy.scan(request)) as { Results: unknown[] };
      return { Results, looked: lines.filter((line) => line.includes('Missing diff ID in cache')).length };
    };
    const first = await scan();
    expect(first.looked).toBeGreaterThan(0);
    const again = await scan();
    expect(again).toEqual({ ...first, looked: 0 });
    const [database = ''] = globSync('todo-deploy/*/*/fanal/fanal.db', { cwd: cacheRoot });
    writeFileSync(join(cacheRoot, database), 'no database');
    expect((await scan()).Results).toEqual(first.Results);
    expect((await scan()).looked).toBe(first.looked);
    expect((await scan()).looked).toBe(0);
  }, 400_000);
});
