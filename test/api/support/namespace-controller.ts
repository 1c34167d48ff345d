import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { environment, kubeconfig } from './api.ts';

/** Kubernetes' own controllers that end namespaces and claims, for one test file: an API server alone does not delete what is in one. */
export function withNamespaceController(): void {
  let child: ChildProcess | undefined;
  beforeAll(() => {
    const program = environment.PATH.split(delimiter)
      .map((folder) => join(folder, 'kube-controller-manager'))
      .find((path) => existsSync(path));
    if (program === undefined) throw new Error('There is no kube-controller-manager beside the API server');
    const args = [
      `--kubeconfig=${kubeconfig}`,
      '--controllers=namespace-controller,persistentvolumeclaim-protection-controller',
      '--leader-elect=false',
      '--secure-port=0',
    ];
    child = spawn(program, args, { stdio: 'ignore' });
  });
  afterAll(() => {
    child?.kill();
  });
}
