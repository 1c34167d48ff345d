import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CONTROLLERS = [
  'namespace-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'resourcequota-controller',
];
/** Many namespaces end at once. */
const PACE = ['--kube-api-qps=500', '--kube-api-burst=1000', '--concurrent-namespace-syncs=30'];

/** Kubernetes' own controllers that end namespaces and claims, and count for quotas. `path`: folders with programs, as in PATH. */
export function startControllers(kubeconfig: string, path: string): ChildProcess {
  const program = path
    .split(delimiter)
    .map((folder) => join(folder, 'kube-controller-manager'))
    .find((file) => existsSync(file));
  if (program === undefined) throw new Error('There is no kube-controller-manager beside the API server');
  const args = [`--kubeconfig=${kubeconfig}`, `--controllers=${CONTROLLERS.join(',')}`, '--leader-elect=false', '--secure-port=0', ...PACE];
  return spawn(program, args, { stdio: 'ignore' });
}
