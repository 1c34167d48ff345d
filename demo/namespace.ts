import type { ProcessRunner, RunResult } from '../src/interfaces/process.ts';
import type { DemoCluster } from './environment.ts';

export const PULL_SECRET = 'registry';

/** Its namespaces, so that the next demo takes them away and no other. */
const DEMO = { 'app.kubernetes.io/managed-by': 'todo-deploy-demo' };

type Access = Pick<DemoCluster, 'context' | 'env'> & { registry: Omit<DemoCluster['registry'], 'prefix'> };

/** What a team has before its first deploy: a namespace with a Pod Security standard and a pull Secret for its registry. Deletes an existing one. */
export async function freshNamespace(
  name: string,
  cluster: Access,
  runner: ProcessRunner,
  podSecurity: 'restricted' | 'baseline' | 'privileged' = 'restricted',
): Promise<void> {
  const kubectl = kubectlOf(cluster, runner);
  await abandon(name, kubectl);
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait']);
  await create(name, { 'pod-security.kubernetes.io/enforce': podSecurity }, cluster, kubectl);
}

/** The same with a new name. Those of earlier demos go in the background: that takes ten seconds. */
export async function demoNamespace(cluster: Access, runner: ProcessRunner): Promise<string> {
  const kubectl = kubectlOf(cluster, runner);
  const label = Object.entries(DEMO).flat().join('=');
  const { stdout } = await kubectl(['get', 'namespaces', '--selector', label, '--output', 'name']);
  for (const old of stdout.split('\n').filter(Boolean)) {
    const name = old.replace('namespace/', '');
    // Its host is the new one's too.
    await kubectl(['delete', 'ingresses', '--all', '--namespace', name]);
    await abandon(name, kubectl);
  }
  const name = `todo-${Date.now().toString(36).slice(-6)}`;
  await create(name, { ...DEMO, 'pod-security.kubernetes.io/enforce': 'restricted' }, cluster, kubectl);
  return name;
}

type Kubectl = (args: string[], stdin?: string) => Promise<RunResult>;

const kubectlOf =
  (cluster: Access, runner: ProcessRunner): Kubectl =>
  (args, stdin) =>
    runner.run({
      command: ['kubectl', `--context=${cluster.context}`, ...args],
      env: cluster.env,
      timeoutMs: 180_000,
      ...(stdin === undefined ? {} : { stdin }),
    });

/** Begins to delete it. Nobody uses it any more, so its pods get no grace period. */
async function abandon(name: string, kubectl: Kubectl): Promise<void> {
  await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
  await kubectl(['delete', 'pods', '--all', '--namespace', name, '--grace-period=1', '--wait=false']);
}

async function create(name: string, labels: Record<string, string>, { registry }: Access, kubectl: Kubectl): Promise<void> {
  const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: PULL_SECRET, namespace: name },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [registry.host]: { auth } } }) },
    },
  ];
  await kubectl(['apply', '--filename', '-'], objects.map((object) => JSON.stringify(object)).join('\n---\n'));
}
