import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { NODES } from '../../cluster/config.ts';
import { findSpace } from '../../cluster/space.ts';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import type { BuildPushReport } from '../../src/actions/build-push/report.ts';
import { archiveOf, idsOf } from '../../src/build/archive.ts';
import { readLayout } from '../../src/build/layout.ts';
import { contentTag } from '../../src/interfaces/image-reference.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { packTar } from '../../src/tools/tar.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { todoDeploy } from '../support/command-line.ts';
import { layoutOf } from '../support/image-layout.ts';
import { kubectl } from '../support/kubectl.ts';
import { webChart, writeFiles } from './web-chart.ts';

/**
 * Images without a registry, and users by a port of the nodes: the embedded nodes' own containerd takes the archive as it does inside of a node of
 * kind or k3d. The programs of those are not here.
 */
const release = `home-${Date.now().toString(36)}`;
let cluster: ClusterEnvironment;
let workspace: string;
/** The words that run containerd's client on each node. */
let clients: string[][];
/** As the nodes of kind import an archive, and those of minikube. */
const IMPORTS = [
  ['images', 'import', '--all-platforms', '--digests', '--snapshotter=overlayfs', '-'],
  ['images', 'import', '-'],
];

const chart = (): object[] =>
  webChart(release, { container: { imagePullPolicy: 'Always' }, port: { name: 'http' }, service: { type: 'NodePort' } });

const DOCKERFILE =
  'FROM busybox:1.37\nARG STATUS\nRUN mkdir /www && echo "{\\"status\\":\\"$STATUS\\"}" > /www/health && echo "$STATUS" > /www/index.html\nCMD ["httpd", "-f", "-p", "8080", "-h", "/www"]\n';

const write = (files: Readonly<Record<string, string>>): void => writeFiles(workspace, files);

beforeAll(async () => {
  cluster = clusterEnvironment();
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-home-'));
  await freshNamespace(release, cluster, new NodeProcessRunner());
  write({
    'web/Dockerfile': DOCKERFILE,
    'bad/Dockerfile': `${DOCKERFILE}COPY node_modules /app/node_modules\n`,
    'bad/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.0.0","license":"MIT"}',
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'chart/templates/all.yaml': chart()
      .map((object) => JSON.stringify(object))
      .join('\n---\n'),
  });
  clients = await Promise.all(
    NODES.map(async ({ space }) => {
      const enter = await findSpace(space);
      if (enter === undefined) throw new Error(`${space} does not run`);
      return [...enter, 'ctr', '-n', 'k8s.io'];
    }),
  );
});
afterAll(() => {
  kubectl(cluster, ['delete', 'namespace', release, '--wait=false']);
  const own = (name: string): boolean => /^import-[\d-]+@/.test(name) || name.startsWith(`docker.io/library/${release}`);
  for (const node of clients.keys()) {
    const names = ctr(node, ['images', 'ls', '--quiet']).split('\n').filter(own);
    if (names.length > 0) ctr(node, ['images', 'rm', ...names]);
  }
  rmSync(workspace, { recursive: true, force: true });
});

function ctr(node: number, args: readonly string[]): string {
  const [program = '', ...words] = clients[node] ?? [];
  return execaSync(program, [...words, ...args], { env: cluster.env }).stdout;
}

/** This test's images on each node. */
const held = (): string[][] =>
  clients.map((_, node) =>
    ctr(node, ['images', 'ls', '--quiet'])
      .split('\n')
      .filter((name) => name.startsWith(`docker.io/library/${release}:`)),
  );

/** Digest of an image's configuration, as the node has it. */
function configOf(node: number, name: string): string {
  const line = ctr(node, ['images', 'ls', `name==${name}`]).split('\n')[1] ?? '';
  return JSON.parse(ctr(node, ['content', 'get', /sha256:[0-9a-f]{64}/.exec(line)?.[0] ?? ''])).config.digest;
}

async function run(action: string, inputs: Readonly<Record<string, string>>): Promise<ActionResult> {
  const env = { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main' };
  const result = await runAction({ action, inputs, env, cwd: workspace });
  const post = await runAction({ action, step: 'post', inputs, env, cwd: workspace, state: result.state, tempDir: result.tempDir });
  expect(post.exitCode).toBe(0);
  return result;
}

const build = (): Record<string, string> => ({
  images: `${release}: ./web`,
  builder: cluster.buildkit.address,
  load: 'containerd',
  'load-command': clients.map((words, node) => [...words, ...(IMPORTS[node] ?? [])].join(' ')).join('\n'),
});

const pipeline = (inputs: Readonly<Record<string, string>>): Promise<ActionResult> =>
  run('.', {
    ...build(),
    chart: './chart',
    release,
    // Only a path: through the front door.
    smoke: '- {path: /health, json: {status: healthy}}',
    bake: '1s',
    drain: '1s',
    timeout: '2m',
    ...inputs,
  });

const reportOf = (result: ActionResult): BuildPushReport => JSON.parse(readFileSync(result.outputs['report-file'] ?? '', 'utf8'));
const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
const get = (...args: string[]): any => JSON.parse(kubectl(cluster, ['--namespace', release, 'get', ...args, '--output=json']));
const serving = () => get('service', 'web').spec.selector;

describe('images without a registry', () => {
  test('are on every node, and are what runs; users come by a port of the nodes', async () => {
    const result = await pipeline({ version: '1.0.0', 'build-args': 'STATUS=healthy' });
    expect(errors(result)).toEqual([]);
    expect(result.outputs).toMatchObject({
      status: 'deployed',
      version: '1.0.0',
      pushed: 'false',
      loaded: 'true',
      subjects: '[]',
      tags: '',
    });
    const images = held();
    expect(images[0]).toEqual([expect.stringMatching(new RegExp(`^docker.io/library/${release}:content-[0-9a-f]{16}$`))]);
    expect(images[1]).toEqual(images[0]);

    const tag = images[0]?.[0]?.split(':')[1] ?? '';
    const [pod] = get('pods').items;
    expect(pod.spec.containers[0]).toMatchObject({ image: `${release}:${tag}`, imagePullPolicy: 'IfNotPresent' });
    expect([configOf(0, images[0]?.[0] ?? ''), configOf(1, images[1]?.[0] ?? '')].map(contentTag)).toEqual([tag, tag]);

    const { nodePort } = get('service', 'web').spec.ports[0];
    expect(result.outputs.url).toBe(`http://${cluster.nodes[0]?.ip}:${nodePort}`);
    expect(await (await fetch(result.outputs.url ?? '')).text()).toBe('healthy\n');
    expect(result.log.join('\n')).toContain('it is deployed with IfNotPresent');
    expect(result.summary).toContain('Loaded into `containerd`; no registry holds the images.');
  });

  test('the same content is the same tag, and nothing to do', async () => {
    const before = held();
    const result = await pipeline({ version: '1.0.1', 'build-args': 'STATUS=healthy' });
    expect([errors(result), result.outputs.status]).toEqual([[], 'unchanged']);
    expect(result.outputs.url).toMatch(/^http:\/\/[\d.]+:\d+$/);
    expect(held()).toEqual(before);
  });

  test('a version that fails at the front door goes back, and the check is one of the path alone', async () => {
    const result = await pipeline({ version: '2.0.0', 'build-args': 'STATUS=sick' });
    expect(errors(result)[0]).toContain('json status: expected "healthy", got "sick"');
    expect(result.outputs).toMatchObject({ 'rolled-back': 'true', 'failure-reason': 'smoke-failed', version: '1.0.0', loaded: 'true' });
    expect(held().map((names) => names.length)).toEqual([2, 2]);
  });

  test('another content is another tag', async () => {
    write({ 'web/Dockerfile': `${DOCKERFILE}ENV CHANGED=yes\n` });
    const before = serving();
    const result = await pipeline({ version: '3.0.0', 'build-args': 'STATUS=healthy' });
    expect([errors(result), result.outputs.status]).toEqual([[], 'deployed']);
    expect(serving()).not.toEqual(before);
    expect(held().map((names) => names.length)).toEqual([3, 3]);
  });

  test('a dry run builds and scans, and loads nothing', async () => {
    const before = held();
    write({ 'web/Dockerfile': `${DOCKERFILE}ENV CHANGED=again\n` });
    const result = await pipeline({ version: '4.0.0', 'build-args': 'STATUS=healthy', 'dry-run': 'true' });
    expect([errors(result), result.outputs.status, result.outputs.loaded]).toEqual([[], 'planned', 'false']);
    expect(held()).toEqual(before);
  });

  test('the command line does the same, whose images do not name a repository of GitHub', async () => {
    const { 'load-command': commands = '', ...given } = build();
    const flags = { ...given, chart: './chart', release, version: '5.0.0', bake: '1s', drain: '1s', timeout: '2m' };
    const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const loads = commands.split('\n').map((command) => `--load-command=${command}`);
    const result = await todoDeploy(['pipeline', '--json', ...words, ...loads], { cwd: workspace, env: cluster.env });
    expect(JSON.parse(result.stdout)).toMatchObject({
      ok: true,
      outputs: { status: 'deployed', loaded: 'true', images: expect.stringMatching(/=content-[0-9a-f]{16}$/) },
    });
    expect(result.left).toEqual([]);
  });
});

describe('build-push alone', () => {
  const alone = (inputs: Readonly<Record<string, string>>): Promise<ActionResult> => run('actions/build-push', { ...build(), ...inputs });

  test('gives deploy the tag, below the registry that the chart names', async () => {
    const result = await alone({ version: '1.0.0', registry: `r.home.test/${release}`, images: 'web: ./web' });
    expect(errors(result)).toEqual([]);
    const [image] = reportOf(result).images;
    expect(result.outputs.images).toBe(`web=${image?.tags[0]}`);
    const name = `r.home.test/${release}/web:${image?.tags[0]}`;
    for (const node of [0, 1]) {
      expect(ctr(node, ['images', 'ls', '--quiet']).split('\n')).toContain(name);
      ctr(node, ['images', 'rm', name]);
    }
  });

  test('makes an archive that is one of docker’s, too: without the layout’s own documents containerd reads it as such', async () => {
    const layout = await layoutOf({ 'hello.txt': 'hello' });
    const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
    const content = await readLayout(await readFile(join(layout, 'index.json'), 'utf8'), (digest) => readFile(blob(digest)));
    const spec = { name: 'hello', context: '.', buildArgs: {}, platforms: [] };
    const built = { spec, layout, ...content, provenance: {}, durationMs: 0 };
    const name = `docker.io/library/${release}-hello:${idsOf(built).tag}`;
    const archive = join(workspace, 'docker.tar');
    await packTar(
      archive,
      archiveOf(built, name).filter((entry) => !['oci-layout', 'index.json'].includes(entry.name)),
      blob,
    );
    const [program = '', ...words] = clients[1] ?? [];
    execaSync(program, [...words, 'images', 'import', '-'], { env: cluster.env, inputFile: archive });
    const config = JSON.parse(ctr(1, ['content', 'get', idsOf(built).ids[0]]));
    expect(config.rootfs.diff_ids).toHaveLength(1);
    expect(ctr(1, ['images', 'ls', '--quiet']).split('\n')).toContain(name);
  });

  test('what the scan stops is not loaded', async () => {
    const before = held();
    const result = await alone({ version: '1.1.0', images: `${release}: ./bad` });
    expect(errors(result)[0]).toContain('Stopped before the load: CVE-2026-90002 (HIGH)');
    expect([result.exitCode, result.outputs.loaded, held()]).toEqual([1, 'false', before]);
  });

  test('a node that refuses it is an error, with its words', async () => {
    const result = await alone({
      version: '1.2.0',
      'load-command': [...(clients[0] ?? []), 'images', 'import', '--no-such-flag', '-'].join(' '),
    });
    expect(errors(result)[0]).toMatch(
      /the image was not loaded::docker.io.* was not loaded: ".*--no-such-flag -" failed: .*flag provided but not defined/,
    );
    expect([result.exitCode, result.outputs.loaded]).toEqual([1, 'false']);
  });

  test.each([
    ['kind/dev', 'Input "load" is kind, but there is no program kind on PATH', 'install it: https://kind.sigs.k8s.io'],
    ['auto', 'Input "load" is auto, but the context "todo-deploy" is of no home cluster', 'kubectl config use-context'],
    ['minikube', 'Input "load" is minikube, but the context "todo-deploy" is not of minikube', 'load: minikube/NAME'],
  ])('load: %s is refused before anything is built', async (load, message, hint) => {
    const result = await alone({ version: '1.3.0', load, 'load-command': '' });
    expect(errors(result)[0]).toContain(message);
    expect(errors(result)[0]).toContain(hint);
    expect(result.log.filter((line) => /\[home-/.test(line))).toEqual([]);
  });
});
