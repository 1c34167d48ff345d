import type { ClusterEnvironment } from '../../demo/environment.ts';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import { kubectl } from '../support/kubectl.ts';

/** What a pod of a preview may try to reach, and must not: `host:port`. */
export function closedTargets(cluster: Pick<ClusterEnvironment, 'env'>): string[] {
  const field = (namespace: string, what: string[], path: string): string =>
    kubectl(cluster, ['--namespace', namespace, 'get', ...what, `--output=jsonpath=${path}`]);
  const api = field('default', ['endpointslices', 'kubernetes'], '{.endpoints[0].addresses[0]}:{.ports[0].port}');
  const service = field('default', ['service', 'kubernetes'], '{.spec.clusterIP}');
  const nodes = field('default', ['nodes'], '{.items[*].status.addresses[?(@.type=="InternalIP")].address}').split(' ');
  const dns = field('kube-system', ['pods', '--selector=k8s-app=kube-dns'], '{.items[0].status.podIP}');
  const door = field('traefik', ['pods'], '{.items[0].status.podIP}');
  return [
    api,
    `${service}:443`,
    '169.254.169.254:80',
    `${dns}:8080`,
    `${door}:8000`,
    ...nodes.flatMap((node) => [`${node}:10250`, `${node}:80`]),
  ];
}

/** Whether each target takes a connection from a pod of the namespace that has Node. */
export function reached(cluster: Pick<ClusterEnvironment, 'env'>, namespace: string, targets: readonly string[]): Record<string, boolean> {
  const script = `
    const { connect } = require('node:net');
    const ask = (target) => new Promise((resolve) => {
      const at = target.lastIndexOf(':');
      const socket = connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
      const end = (open) => { socket.destroy(); resolve([target, open]); };
      socket.on('connect', () => end(true)).on('error', () => end(false)).setTimeout(3000, () => end(false));
    });
    Promise.all(${JSON.stringify(targets)}.map(ask)).then((all) => console.log(JSON.stringify(Object.fromEntries(all))));`;
  const pods = kubectl(cluster, ['--namespace', namespace, 'get', 'pods', '--field-selector=status.phase=Running', '--output=name']);
  const [pod = ''] = pods.split('\n');
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
