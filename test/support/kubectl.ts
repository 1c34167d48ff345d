import { execaSync } from 'execa';
import type { ClusterEnvironment } from '../../demo/environment.ts';
import { GO_STARTS } from './starts.ts';

/** Runs kubectl on the cluster and returns what it prints. An error has kubectl's own words. */
export function kubectl({ env }: Pick<ClusterEnvironment, 'env'>, args: readonly string[], input = ''): string {
  return execaSync('kubectl', args, { input, env: { ...env, ...GO_STARTS } }).stdout;
}
