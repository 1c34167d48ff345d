import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClusterEnvironment } from '../cluster/env.ts';

export type { ClusterEnvironment };

/** What the demo needs of a cluster, the embedded one or the user's own. */
export interface DemoCluster extends Pick<ClusterEnvironment, 'context' | 'buildkit' | 'ingress' | 'loadSources' | 'env'> {
  registry: Pick<ClusterEnvironment['registry'], 'host' | 'username' | 'password'> & { prefix: string };
}

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = fileURLToPath(new URL('../cluster/cli.ts', import.meta.url));

/** Starts the embedded cluster and shows its progress; when it is already up, this takes seconds. Returns false, having said why, if it did not start. */
export function clusterUp(): boolean {
  return spawnSync(process.execPath, [CLI, 'up'], { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

export function clusterEnvironment(): ClusterEnvironment {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'env'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The embedded cluster is not running: ${stderr.trim()}`);
  return JSON.parse(stdout) as ClusterEnvironment;
}
