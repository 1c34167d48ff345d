import type { ClusterEnvironment } from '../../demo/environment.ts';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import { kubectl } from '../support/kubectl.ts';

type Cluster = Pick<ClusterEnvironment, 'env'>;

/** The namespaces of a repository's previews: `namespace/pr-7-…`. */
export const previewNamespaces = (cluster: Cluster, repositoryId: number): string[] =>
  kubectl(cluster, ['get', 'namespaces', `--selector=todo-deploy.dev/preview-repository=${repositoryId}`, '--output=name'])
    .split('\n')
    .filter(Boolean);

/** What runs in the cluster and listens there, outside of any preview: `host:port`. */
export function clusterTargets(cluster: Cluster): string[] {
  const field = (namespace: string, what: string[], path: string): string =>
    kubectl(cluster, ['--namespace', namespace, 'get', ...what, `--output=jsonpath=${path}`]);
  const api = field('default', ['endpointslices', 'kubernetes'], '{.endpoints[0].addresses[0]}:{.ports[0].port}');
  const service = field('default', ['service', 'kubernetes'], '{.spec.clusterIP}');
  const nodes = field('default', ['nodes'], '{.items[*].status.addresses[?(@.type=="InternalIP")].address}').split(' ');
  const dns = field('kube-system', ['pods', '--selector=k8s-app=kube-dns'], '{.items[0].status.podIP}');
  const door = field('traefik', ['pods'], '{.items[0].status.podIP}');
  const front = field('traefik', ['service', 'traefik'], '{.spec.clusterIP}');
  return [
    api,
    `${service}:443`,
    ...[8080, 8181].map((port) => `${dns}:${port}`),
    ...[8000, 8443, 9000].map((port) => `${door}:${port}`),
    ...[80, 443].map((port) => `${front}:${port}`),
    ...nodes.flatMap((node) => [10250, 80, 443].map((port) => `${node}:${port}`)),
  ];
}

/** Where clouds tell a machine who it is: nothing answers here, policies or not. */
export const METADATA = ['169.254.169.254:80', '169.254.169.254:443'];

/** Whether each target takes a connection from a pod that has Node. */
export function reached(cluster: Cluster, { namespace, pod }: { namespace: string; pod: string }, targets: readonly string[]): string[] {
  const script = `
    const { connect } = require('node:net');
    const ask = (target) => new Promise((resolve) => {
      const at = target.lastIndexOf(':');
      const socket = connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
      const end = (open) => { socket.destroy(); resolve(open); };
      socket.on('connect', () => end(true)).on('error', () => end(false)).setTimeout(3000, () => end(false));
    });
    const targets = ${JSON.stringify(targets)};
    Promise.all(targets.map(ask)).then((open) => console.log(JSON.stringify(targets.filter((_, index) => open[index]))));`;
  return JSON.parse(kubectl(cluster, ['--namespace', namespace, 'exec', pod, '--', 'node', '-e', script]));
}

/** What the front door answers under a host. */
export async function ask(
  { ingress }: Pick<ClusterEnvironment, 'ingress'>,
  host: string,
  runner: ProcessRunner,
): Promise<{ status: number; body: string }> {
  const [target = ''] = ingress.http;
  const { stdout } = await runner.run({
    command: ['curl', '--silent', '--write-out', '\n%{http_code}', '--header', `Host: ${host}`, target],
    timeoutMs: 20_000,
  });
  const lines = stdout.trimEnd().split('\n');
  return { status: Number(lines.pop()), body: lines.join('\n') };
}
