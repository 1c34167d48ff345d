import type { ProcessRunner } from '../src/interfaces/process.ts';
import type { DemoCluster } from './environment.ts';

export const PULL_SECRET = 'registry';

/** What a team has before its first deploy: a namespace with a Pod Security standard and a pull Secret for its registry. Deletes an existing one. */
export async function freshNamespace(
  name: string,
  cluster: Pick<DemoCluster, 'context' | 'env'> & { registry: Omit<DemoCluster['registry'], 'prefix'> },
  runner: ProcessRunner,
  podSecurity: 'restricted' | 'baseline' = 'restricted',
): Promise<void> {
  const kubectl = (args: string[], stdin?: string) =>
    runner.run({
      command: ['kubectl', `--context=${cluster.context}`, ...args],
      env: cluster.env,
      timeoutMs: 180_000,
      ...(stdin === undefined ? {} : { stdin }),
    });
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
  // Nobody uses it any more, so its pods get no grace period.
  await kubectl(['delete', 'pods', '--all', '--namespace', name, '--grace-period=1', '--wait=false']);
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait']);
  const auth = Buffer.from(`${cluster.registry.username}:${cluster.registry.password}`).toString('base64');
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': podSecurity } },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: PULL_SECRET, namespace: name },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [cluster.registry.host]: { auth } } }) },
    },
  ];
  await kubectl(['apply', '--filename', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}
