import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll } from '@jest/globals';
import { environment, kubeconfig } from './api.ts';
import { startControllers } from './start-controllers.ts';

/** Kubernetes' own controllers that end namespaces and claims, and count for quotas, for one test file: an API server alone does neither. */
export function withNamespaceController(): void {
  let child: ChildProcess | undefined;
  beforeAll(() => {
    child = startControllers(kubeconfig, environment.PATH);
  });
  afterAll(() => {
    child?.kill();
  });
}
