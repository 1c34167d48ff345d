import { execFileSync } from 'node:child_process';
import type { ClusterEnvironment } from '../../demo/environment.ts';

/** Runs kubectl on the cluster and answers what it prints. Errors: Node's, with kubectl's own words on the test's stderr. */
export function kubectl({ env }: Pick<ClusterEnvironment, 'env'>, args: readonly string[], input = ''): string {
  return execFileSync('kubectl', args, { input, encoding: 'utf8', env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
}
