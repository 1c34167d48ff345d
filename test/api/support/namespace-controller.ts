import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { environment, kubeconfig } from './api.ts';

const CONTROLLERS = [
  'namespace-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'resourcequota-controller',
];
/** Many namespaces end at once. */
const PACE = ['--kube-api-qps=500', '--kube-api-burst=1000', '--concurrent-namespace-syncs=30'];

/** Kubernetes' own controllers that end namespaces and claims, and count for quotas, for one test file: an API server alone does neither. */
export function withNamespaceController(): void {
  let child: ChildProcess | undefined;
  beforeAll(() => {
    const program = environment.PATH.split(delimiter)
      .map((folder) => join(folder, 'kube-controller-manager'))
      .find((path) => existsSync(path));
    if (program === undefined) throw new Error('There is no kube-controller-manager beside the API server');
    const args = [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${CONTROLLERS.join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
      ...PACE,
    ];
    child = spawn(program, args, { stdio: 'ignore' });
  });
  afterAll(() => {
    child?.kill();
  });
}
