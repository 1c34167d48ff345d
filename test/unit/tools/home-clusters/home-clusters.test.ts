import { describe, expect, test } from '@jest/globals';
import { ProcessError, ToolError } from '../../../../src/interfaces/errors.ts';
import type { KubeContext } from '../../../../src/interfaces/home-cluster.ts';
import type { RunOptions } from '../../../../src/interfaces/process.ts';
import { homeCluster, type WantedCluster } from '../../../../src/tools/home-clusters/home-clusters.ts';

/** What a program prints, by its arguments; what is missing is not on PATH, an error is its last word. */
type Answers = Readonly<Record<string, string | Error>>;

const CONFIG = `sha256:${'a'.repeat(64)}`;
const MANIFEST = `sha256:${'b'.repeat(64)}`;
const archive = { path: '/tmp/image.tar', reference: 'docker.io/library/web:content-aaaaaaaaaaaaaaaa', ids: [CONFIG, MANIFEST] };
const contexts = {
  kind: { context: 'kind-dev', cluster: 'kind-dev' },
  minikube: { context: 'minikube', cluster: 'minikube' },
  profile: { context: 'shop', cluster: 'shop', provider: 'minikube.sigs.k8s.io' },
  k3d: { context: 'k3d-dev', cluster: 'k3d-dev' },
  desktop: { context: 'docker-desktop', cluster: 'docker-desktop' },
  renamed: { context: 'home', cluster: 'kind-dev' },
  far: { context: 'kind-of-production', cluster: 'do-fra1-acme' },
} satisfies Record<string, KubeContext>;

/** Which programs are called, and how: nothing is started. */
function at(wanted: Partial<WantedCluster>, current: KubeContext, answers: Answers = {}, commands: [string, ...string[]][] = []) {
  const calls: string[] = [];
  const run = async ({ command, stdinFile, onLine }: RunOptions) => {
    const line = `${command.join(' ')}${stdinFile === undefined ? '' : ` < ${stdinFile}`}`;
    calls.push(line);
    const answer = Object.entries(answers).find(([part]) => line.includes(part))?.[1];
    if (answer === undefined) throw new ToolError(`The program ${command[0]} was not found`);
    if (answer instanceof Error) throw new ProcessError({ command, exitCode: 1, stderr: answer.message });
    for (const text of answer.split('\n')) onLine?.(text, 'stderr');
    return { exitCode: 0, stdout: answer, stderr: '', durationMs: 1 };
  };
  const log = { debug: () => undefined };
  const signal = new AbortController().signal;
  const context = { runner: { run }, log, signal, timeoutMs: 1_000, commands };
  const make = () => homeCluster({ kind: 'auto', name: undefined, isDeployed: false, ...wanted }, () => current, context);
  return { make, calls };
}

describe('the cluster that images are loaded into', () => {
  test.each([
    ['auto', undefined, contexts.kind, 'kind/dev'],
    ['auto', undefined, contexts.renamed, 'kind/dev'],
    ['auto', undefined, contexts.minikube, 'minikube'],
    ['auto', undefined, contexts.profile, 'minikube/shop'],
    ['auto', undefined, contexts.k3d, 'k3d/dev'],
    ['auto', undefined, contexts.desktop, 'docker-desktop'],
    ['kind', undefined, contexts.kind, 'kind/dev'],
    ['kind', 'other', contexts.far, 'kind/other'],
    ['containerd', undefined, contexts.far, 'containerd'],
  ] as const)('%s, name %s, with the context %j: %s', (kind, name, current, expected) => {
    expect(at({ kind, name }, current).make().title).toBe(expected);
  });

  test.each([
    [
      'auto',
      undefined,
      false,
      contexts.far,
      'Input "load" is auto, but the context "kind-of-production" is of no home cluster (kind, mini',
    ],
    ['kind', undefined, false, contexts.minikube, 'Input "load" is kind, but the context "minikube" is not of kind'],
    ['minikube', undefined, false, contexts.kind, 'Input "load" is minikube, but the context "kind-dev" is not of minikube'],
    ['kind', 'other', true, contexts.kind, 'Input "load" is kind/other, but the context "kind-dev" leads to another cluster'],
    ['k3d', 'dev', true, contexts.kind, 'Input "load" is k3d/dev, but the context "kind-dev" leads to another cluster'],
  ] as const)('%s, name %s, deployed to: %s, with the context %j is refused', (kind, name, isDeployed, current, message) => {
    expect(at({ kind, name, isDeployed }, current).make).toThrow(
      expect.objectContaining({ reason: 'configuration', message: expect.stringContaining(message), hint: expect.any(String) }),
    );
  });
});

const profiles = (...list: object[]): string => JSON.stringify({ invalid: [], valid: list });
const images = (tag: string, id: string): string => JSON.stringify([{ id, repoTags: [`docker.io/library/web:${tag}`], repoDigests: [] }]);

describe('before the build', () => {
  test.each<[string, KubeContext, Answers, string, string]>([
    ['kind is not there', contexts.kind, {}, 'there is no program kind on PATH', 'install it: https://kind'],
    [
      'docker does not run',
      contexts.kind,
      { kind: new Error('ERROR: failed to list clusters') },
      '"kind get clusters" failed',
      'start docker',
    ],
    [
      'there is no such cluster',
      contexts.kind,
      { kind: 'a\nb\n' },
      'kind has no cluster "dev": it has a, b',
      'kind create cluster --name dev',
    ],
    ['there is none at all', contexts.kind, { kind: '\n' }, 'kind has no cluster "dev": it has none', 'kind create cluster --name dev'],
    ['minikube is not there', contexts.minikube, {}, 'there is no program minikube on PATH', 'install it: https://minikube'],
    [
      'there is no profile',
      contexts.profile,
      { minikube: profiles({ Name: 'a' }) },
      'no profile "shop": it has a',
      'minikube start --profile shop',
    ],
    [
      'it is stopped',
      contexts.profile,
      { minikube: profiles({ Name: 'shop', Status: 'Stopped' }) },
      '"shop" does not run: its status is Stopped',
      'minikube start --profile shop',
    ],
    ['minikube says no JSON', contexts.minikube, { minikube: 'oops' }, 'answered no JSON', 'minikube start'],
    ['k3d is not there', contexts.k3d, {}, 'there is no program k3d on PATH', 'install it: https://k3d.io'],
    ['k3d has none', contexts.k3d, { k3d: '[]' }, 'k3d has no cluster "dev": it has none', 'k3d cluster create dev'],
    ['k3d is stopped', contexts.k3d, { k3d: '[{"name":"dev","serversRunning":0}]' }, '"dev" is stopped', 'k3d cluster start dev'],
    ['docker is not there', contexts.desktop, {}, 'there is no program docker on PATH', 'install it: https://docs.docker.com'],
    ['another daemon', contexts.desktop, { docker: 'Debian GNU/Linux 13\n' }, 'another daemon: Debian GNU/Linux 13', 'docker context use'],
  ])('%s', async (_name, current, answers, message, hint) => {
    await expect(at({}, current, answers).make().check()).rejects.toMatchObject({
      reason: 'configuration',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test.each<[string, KubeContext, Answers, string]>([
    ['kind', contexts.kind, { kind: 'a\ndev\n' }, 'kind get clusters'],
    ['minikube', contexts.profile, { minikube: profiles({ Name: 'shop', Status: 'OK' }) }, 'minikube profile list --output json'],
    ['k3d', contexts.k3d, { k3d: '[{"name":"dev","serversRunning":1}]' }, 'k3d cluster list --output json'],
    ['docker-desktop', contexts.desktop, { docker: 'Docker Desktop\n' }, 'docker info --format {{.OperatingSystem}}'],
  ])('%s is asked and passes', async (_name, current, answers, call) => {
    const { make, calls } = at({}, current, answers);
    await make().check();
    expect(calls).toEqual([call]);
  });

  test('containerd needs a command', async () => {
    await expect(at({ kind: 'containerd' }, contexts.far).make().check()).rejects.toThrow('"load-command" is empty');
    await at({ kind: 'containerd' }, contexts.far, {}, [['ctr']])
      .make()
      .check();
  });
});

describe('a load', () => {
  test.each<[string, Partial<WantedCluster>, KubeContext, Answers, string[]]>([
    ['kind', {}, contexts.kind, { kind: '' }, ['kind load image-archive --name dev /tmp/image.tar']],
    [
      'k3d',
      {},
      contexts.k3d,
      { k3d: 'INFO[0001] Successfully imported 1 image(s) into 1 cluster(s)' },
      ['k3d image import --cluster dev /tmp/image.tar'],
    ],
    [
      'minikube',
      {},
      contexts.profile,
      { 'image load': '', 'image ls': images('content-aaaaaaaaaaaaaaaa', CONFIG.slice(7)) },
      ['minikube image load --profile shop --alsologtostderr /tmp/image.tar', 'minikube image ls --profile shop --format json'],
    ],
    [
      'docker-desktop',
      {},
      contexts.desktop,
      { 'docker load': 'Loaded image', inspect: `${MANIFEST}\n` },
      ['docker load --input /tmp/image.tar', `docker image inspect --format {{.Id}} ${archive.reference}`],
    ],
    [
      'containerd',
      { kind: 'containerd' },
      contexts.far,
      { import: '' },
      ['ssh one ctr -n k8s.io images import - < /tmp/image.tar', 'ssh two ctr -n k8s.io images import - < /tmp/image.tar'],
    ],
  ])('of %s', async (_name, wanted, current, answers, expected) => {
    const commands = ['one', 'two'].map((node): [string, ...string[]] => ['ssh', node, 'ctr', '-n', 'k8s.io', 'images', 'import', '-']);
    const { make, calls } = at(wanted, current, answers, commands);
    await make().load(archive);
    expect(calls).toEqual(expected);
  });

  test.each<[string, KubeContext, Answers, string]>([
    [
      'kind fails',
      contexts.kind,
      { kind: new Error('no space left on device') },
      '"kind load image-archive --name dev ARCHIVE" failed: no space left',
    ],
    [
      'k3d hides that a node failed',
      contexts.k3d,
      { k3d: "ERRO[0002] failed to import images in node 'k3d-dev-agent-0': exit 1\nINFO[0003] Successfully imported image(s)" },
      "k3d says: failed to import images in node 'k3d-dev-agent-0'",
    ],
    [
      'minikube hides that a node failed',
      contexts.profile,
      { 'image load': 'I1129 cache_images.go:300] failed pushing to: shop-m02', 'image ls': images('content-aaaaaaaaaaaaaaaa', CONFIG) },
      'minikube says: failed pushing to: shop-m02',
    ],
    [
      'minikube lacks it',
      contexts.profile,
      { 'image load': '', 'image ls': images('latest', CONFIG) },
      'minikube lists no image of the tag',
    ],
    [
      'minikube has another',
      contexts.profile,
      { 'image load': '', 'image ls': images('content-aaaaaaaaaaaaaaaa', 'c'.repeat(64)) },
      'minikube lists no image of the tag content-aaaaaaaaaaaaaaaa with the id that was built',
    ],
    [
      'docker has another',
      contexts.desktop,
      { 'docker load': '', inspect: 'sha256:cc' },
      `docker calls it sha256:cc, and ${CONFIG} was built`,
    ],
  ])('%s', async (_name, current, answers, message) => {
    await expect(at({}, current, answers).make().load(archive)).rejects.toMatchObject({
      reason: 'load-failed',
      message: expect.stringContaining(message),
    });
  });
});
