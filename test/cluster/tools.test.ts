import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type HttpError, ProcessError } from '../../src/interfaces/errors.ts';
import type { PartChart } from '../../src/interfaces/helm.ts';
import type { KubernetesObject, WatchEvent } from '../../src/interfaces/kubernetes.ts';
import { State } from '../../src/runtime/state.ts';
import { TempFiles } from '../../src/runtime/temp.ts';
import { Buildx } from '../../src/tools/buildx/buildx.ts';
import { HelmCli } from '../../src/tools/helm/cli.ts';
import { UndiciHttp } from '../../src/tools/http.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { RegistryClient } from '../../src/tools/registry/client.ts';
import { Trivy } from '../../src/tools/trivy/trivy.ts';

const root = join(import.meta.dirname, '..', '..');
const cluster = JSON.parse(execFileSync(process.execPath, ['cluster/cli.ts', 'env'], { cwd: root, encoding: 'utf8' })) as {
  kubeconfig: string;
  registry: { host: string };
  buildkit: { address: string };
  env: Record<string, string>;
};
const namespace = 'td-tools';
const manager = { fieldManager: 'todo-deploy' };
const runner = new NodeProcessRunner({ env: { ...process.env, ...cluster.env } });
const access = loadKubeconfig({ path: cluster.kubeconfig });
const kubernetes = new KubernetesClient(access, { namespace });
const folder = mkdtempSync(join(tmpdir(), 'td-tools-'));
const files = new TempFiles(folder, new State({}));
const registry = new RegistryClient({ runner, env: { ...process.env, ...cluster.env } });

const configMap = (name: string, data: Record<string, string>, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...more },
  data,
});
const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name });

const failure = async (work: Promise<unknown>): Promise<HttpError> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as HttpError,
  );

beforeAll(async () => {
  await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, manager);
}, 60_000);

afterAll(async () => {
  await kubernetes.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  await kubernetes.close();
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('KubernetesClient', () => {
  test('applies, reads, patches, replaces with a condition, deletes with a condition', async () => {
    const applied = await kubernetes.apply(configMap('objects', { a: '1' }), { ...manager, force: true });
    expect(applied.metadata.managedFields?.map((entry) => entry.manager)).toEqual(['todo-deploy']);
    await kubernetes.patch(ref('objects'), { data: { b: '2' } }, { type: 'merge', fieldManager: 'other' });
    const seen = await kubernetes.get(ref('objects'));
    expect(seen?.data).toEqual({ a: '1', b: '2' });
    await kubernetes.patch(ref('objects'), [{ op: 'remove', path: '/data/b' }], { type: 'json' });
    const stale = await failure(kubernetes.replace({ ...(seen as KubernetesObject), data: {} }));
    expect([stale.status, stale.reason]).toEqual([409, 'Conflict']);
    const wrong = await failure(kubernetes.delete(ref('objects'), { uid: '00000000-0000-0000-0000-000000000000' }));
    expect(wrong.status).toBe(409);
    await kubernetes.delete(ref('objects'), { uid: applied.metadata.uid ?? '' });
    expect(await kubernetes.get(ref('objects'))).toBeUndefined();
    await kubernetes.delete(ref('objects'));
  });

  test('a field of another manager is a conflict unless forced; a dry run changes nothing', async () => {
    await kubernetes.apply(configMap('owned', { a: '1' }), { fieldManager: 'first' });
    const conflict = await failure(kubernetes.apply(configMap('owned', { a: '2' }), { fieldManager: 'second' }));
    expect([conflict.status, conflict.message]).toEqual([409, expect.stringContaining('conflict with "first"')]);
    await kubernetes.apply(configMap('owned', { a: '3' }), { fieldManager: 'second', force: true, dryRun: true });
    expect((await kubernetes.get(ref('owned')))?.data).toEqual({ a: '1' });
  });

  test('what the cluster does not know: kinds, objects, namespaces', async () => {
    const unknown = { apiVersion: 'example.com/v1', kind: 'Nothing', name: 'x' };
    expect(await kubernetes.resource(unknown)).toBeUndefined();
    expect(await kubernetes.get(unknown)).toBeUndefined();
    expect((await failure(kubernetes.list(unknown))).reason).toBe('UnknownKind');
    expect(await kubernetes.resource({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({
      plural: 'deployments',
      namespaced: true,
    });
    expect(await kubernetes.resource({ apiVersion: 'v1', kind: 'Node' })).toMatchObject({ plural: 'nodes', namespaced: false });
    expect((await kubernetes.list({ apiVersion: 'v1', kind: 'Node' })).items.map(({ kind }) => kind)).toContain('Node');
    expect(await kubernetes.serverVersion()).toMatch(/^v1\.\d+/);
  });

  test('a list comes in pages and whole', async () => {
    const names = Array.from({ length: 620 }, (_, index) => `page-${index}`);
    await Promise.all(names.map((name) => kubernetes.create(configMap(name, {}, { labels: { page: 'yes' } }))));
    const { items } = await kubernetes.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { labelSelector: 'page=yes' });
    expect(new Set(items.map((item) => item.metadata.name))).toEqual(new Set(names));
    await Promise.all(names.map((name) => kubernetes.delete(ref(name))));
  }, 60_000);

  test('a watch tells what is there, then each change, and ends with its signal', async () => {
    await kubernetes.create(configMap('watch-old', { v: '0' }, { labels: { watch: 'yes' } }));
    const stop = new AbortController();
    const events: string[] = [];
    const note = ({ type, object }: WatchEvent) => events.push(`${type} ${object.metadata.name} ${object.data?.v ?? ''}`);
    const arrived = async (count: number) => {
      const limit = Date.now() + 10_000;
      while (events.length < count && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const following = (async () => {
      for await (const event of kubernetes.watch(
        { apiVersion: 'v1', kind: 'ConfigMap' },
        { labelSelector: 'watch=yes', signal: stop.signal },
      ))
        note(event);
    })();
    await arrived(1);
    await kubernetes.create(configMap('watch-new', { v: '1' }, { labels: { watch: 'yes' } }));
    await kubernetes.patch(ref('watch-new'), { data: { v: '2' } }, { type: 'merge' });
    await kubernetes.delete(ref('watch-old'));
    await arrived(4);
    stop.abort();
    await following;
    expect(events).toEqual(['ADDED watch-old 0', 'ADDED watch-new 1', 'MODIFIED watch-new 2', 'DELETED watch-old 0']);
  }, 30_000);

  test('acting as a service account, only what it was given is allowed', async () => {
    await kubernetes.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace } }, manager);
    const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };
    await kubernetes.apply(
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace }, rules: [rule] },
      manager,
    );
    await kubernetes.apply(
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
      },
      manager,
    );
    const reader = new KubernetesClient(access, { namespace, as: `system:serviceaccount:${namespace}:reader` });
    const may = { verb: 'get', group: '', resource: 'configmaps', namespace };
    const mayNot = { verb: 'delete', group: '', resource: 'configmaps', namespace };
    expect(await reader.denied([may, mayNot])).toEqual([mayNot]);
    expect(await reader.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toHaveProperty('items');
    const refused = await failure(reader.delete(ref('owned')));
    expect([refused.status, refused.reason]).toEqual([403, 'Forbidden']);
    await reader.close();
  });

  test('logs, and HTTP through a port-forward, to a pod of the cluster itself', async () => {
    const place = { apiVersion: 'v1', kind: 'Pod' };
    const { items } = await kubernetes.list(place, { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' });
    const pod = { namespace: 'kube-system', name: items[0]?.metadata.name ?? '' };
    const container = items[0]?.spec.containers[0].name as string;
    expect(await kubernetes.logs(pod, { container, tailLines: 5 })).not.toBe('');
    const http = new UndiciHttp();
    const ask = (port: number) =>
      http.request({ method: 'GET', url: `http://pod:${port}/ready`, timeoutMs: 5000, connect: () => kubernetes.portForward(pod, port) });
    expect(await ask(8181)).toMatchObject({ status: 200, body: 'OK' });
    const closed = await failure(ask(4444));
    expect([closed.reason, closed.message]).toEqual(['Refused', 'GET http://pod:4444/ready: connection refused']);
    const gone = await failure(kubernetes.portForward({ namespace: 'kube-system', name: 'no-such-pod' }, 80));
    expect([gone.status, gone.message]).toEqual([404, expect.stringContaining('no-such-pod')]);
  });

  test('an API server that does not listen is said so, with its address', async () => {
    const text = readFileSync(cluster.kubeconfig, 'utf8').replaceAll(/server: .*/g, 'server: https://10.245.0.11:1');
    const dead = new KubernetesClient(loadKubeconfig({ content: text }), { namespace });
    const error = await failure(dead.create(configMap('x', {})));
    expect([error.status, error.reason]).toEqual([0, 'Refused']);
    expect(error.message).toContain('https://10.245.0.11:1');
  }, 60_000);
});

describe('HelmCli', () => {
  const helm = new HelmCli({
    runner,
    helmPath: 'helm',
    kubernetes,
    files,
    kubeconfig: access.kubeconfigFile(files),
    context: access.context,
    namespace,
  });
  const braces = '{{ .Values.x }} {{{ }}} {{- "a" -}}\n---\n{{"{{"}}';
  const part: PartChart = {
    chart: { name: 'part', version: '1.2.3', appVersion: '9' },
    templates: { 'cm.json': JSON.stringify(configMap('from-helm', { braces })) },
  };
  const options = { release: 'part', part, values: { a: 1 }, description: 'a "first" try', timeoutMs: 30_000 };

  test('a part chart is applied literally, recorded, and read back as it was packed', async () => {
    expect(await helm.history('part')).toEqual([]);
    expect(await helm.recordedPart('part')).toBeUndefined();
    await helm.validate(options);
    expect(await kubernetes.get(ref('from-helm'))).toBeUndefined();
    expect(await helm.apply(options)).toMatchObject({ revision: 1, status: 'deployed', chart: 'part-1.2.3', appVersion: '9' });
    const live = await kubernetes.get(ref('from-helm'));
    expect(live?.data).toEqual({ braces });
    expect(live?.metadata.managedFields?.map(({ manager: name, operation }) => [name, operation])).toEqual([['helm', 'Apply']]);
    expect(await helm.recordedPart('part')).toEqual({ part, values: { a: 1 } });
    await helm.apply({ ...options, values: {}, description: 'second' });
    expect((await helm.history('part')).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'deployed'],
    ]);
    expect((await helm.recordedPart('part', 1))?.values).toEqual({ a: 1 });
    expect(await helm.manifest('part')).toContain('# Source: part/templates/cm.json');
    await helm.rollback({ release: 'part', revision: 1, timeoutMs: 30_000 });
    expect((await helm.history('part')).at(-1)).toMatchObject({ revision: 3, status: 'deployed' });
  }, 60_000);

  test('what the API server would refuse is said before anything is changed, object by object', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bad' }, spec: { ports: [{ port: 99_999 }] } };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bad' }, spec: {} };
    const templates = { 'a.json': JSON.stringify(service), 'b.json': JSON.stringify(deployment) };
    const error = await failure(helm.validate({ ...options, part: { ...part, templates } }));
    expect(error.status).toBe(422);
    expect(error.message).toContain('Service/bad: ');
    expect(error.message).toContain('Deployment/bad: ');
    expect(await kubernetes.get({ apiVersion: 'v1', kind: 'Service', name: 'bad' })).toBeUndefined();
  }, 60_000);

  test('a pending revision that a killed run left is cleared, and Helm works on', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', name: 'sh.helm.release.v1.part.v3' };
    const held = (await kubernetes.get(secret)) as KubernetesObject;
    const { withStatus } = await import('../../src/tools/helm/release-secret.ts');
    await kubernetes.replace(withStatus(held, 'pending-upgrade', 'killed'));
    const busy = (await failure(helm.apply(options))) as unknown as ProcessError;
    expect(busy).toBeInstanceOf(ProcessError);
    expect(busy.stderr).toContain('another operation');
    expect(await helm.clearPending('part')).toBe(true);
    expect(await helm.clearPending('part')).toBe(false);
    expect((await helm.history('part')).at(-1)?.status).toBe('failed');
    expect(await helm.apply(options)).toMatchObject({ revision: 4, status: 'deployed' });
  }, 60_000);

  test('a chart is rendered as Helm would install or upgrade it', async () => {
    const chart = join(folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: c\nversion: 0.1.0\n');
    const template = (name: string, annotations = '') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotations}data: {install: "{{ .Release.IsInstall }}", v: "{{ .Values.v }}"}\n`;
    writeFileSync(join(chart, 'templates', 'a.yaml'), template('plain'));
    writeFileSync(
      join(chart, 'templates', 'b.yaml'),
      template('hook', '  annotations: {"helm.sh/hook": "pre-install,test", "helm.sh/hook-weight": "3"}\n'),
    );
    const values = { files: [], inline: 'v: 7' };
    const render = await helm.render({ release: 'new', chart, values });
    expect(render).toMatchObject({ release: 'new', namespace, chart: { name: 'c', version: '0.1.0' }, config: { v: 7 } });
    expect(render.manifest).toContain('install: "true", v: "7"');
    expect(render.hooks).toMatchObject([{ name: 'hook', kind: 'ConfigMap', events: ['pre-install', 'test'], weight: 3 }]);
    expect((await helm.render({ release: 'part', chart, values })).manifest).toContain('install: "false"');
    expect((await helm.render({ release: 'part', chart, values, install: true })).manifest).toContain('install: "true"');
    await expect(helm.render({ release: 'new', chart: join(folder, 'none'), values })).rejects.toThrow(/^helm upgrade failed .*not found/);
  }, 60_000);

  test('uninstalling twice is no error', async () => {
    await helm.uninstall({ release: 'part', noHooks: true, timeoutMs: 30_000 });
    await helm.uninstall({ release: 'part', noHooks: true, timeoutMs: 30_000 });
    expect(await kubernetes.get(ref('from-helm'))).toBeUndefined();
    expect(await helm.history('part')).toEqual([]);
  }, 60_000);
});

describe('buildx, registry, Trivy', () => {
  const repository = `${cluster.registry.host}/td-tools/image`;
  const buildx = new Buildx({ runner, files, inherited: { ...process.env, ...cluster.env, BUILDKIT_HOST: cluster.buildkit.address } });
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
    const pushed = await registry.pushLayout({ layout, digest, repository });
    expect(pushed.manifestsPushed).toBe(1);
    const again = await registry.pushLayout({ layout, digest, repository });
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
    const stranger = new RegistryClient({ runner, dockerConfig: files.directory('empty'), env: { ...process.env, ...cluster.env } });
    const error = await failure(stranger.authorize(repository, 'push'));
    expect([error.status, error.reason]).toEqual([401, 'UNAUTHORIZED']);
    expect(error.hint).toContain('"password"');
    await stranger.close();
  });

  test('Trivy reads the layout with the database of the registry', async () => {
    const trivy = new Trivy({ runner, trivyPath: 'trivy', files });
    expect(await trivy.version()).toMatch(/^\d+\.\d+/);
    const report = (await trivy.scan({ layout, scanners: ['vuln', 'secret'], timeoutMs: 120_000 })) as {
      SchemaVersion: number;
      Results: { Class: string; Packages?: unknown[] }[];
    };
    expect(report.SchemaVersion).toBe(2);
    expect(report.Results.find(({ Class }) => Class === 'os-pkgs')?.Packages?.length).toBeGreaterThan(10);
    const sbom = JSON.parse(await trivy.sbom({ layout, format: 'cyclonedx', timeoutMs: 120_000 })) as { bomFormat: string };
    expect(sbom.bomFormat).toBe('CycloneDX');
  }, 400_000);
});
