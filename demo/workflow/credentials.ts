import type { ProcessRunner } from '../../src/interfaces/process.ts';
import type { DemoCluster } from '../environment.ts';

/** What a cluster's credentials are made of. */
type Access = Pick<DemoCluster, 'context' | 'env'> & { registry: { password: string } };

/** The secrets of a repository that deploys to a cluster: REGISTRY_PASSWORD, and KUBECONFIG in base64. */
export async function clusterSecrets(cluster: Access, runner: ProcessRunner): Promise<Record<string, string>> {
  const { stdout } = await runner.run({
    command: ['kubectl', 'config', 'view', '--raw', '--minify', '--flatten', `--context=${cluster.context}`],
    env: cluster.env,
    timeoutMs: 30_000,
  });
  return { REGISTRY_PASSWORD: cluster.registry.password, KUBECONFIG: Buffer.from(stdout).toString('base64') };
}
