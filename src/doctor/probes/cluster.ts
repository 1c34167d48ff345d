import { messageOf } from '../../interfaces/values.ts';
import type { Probe } from '../patient/model.ts';

/** The oldest that is tested. */
const OLDEST = 34;

/** Whether the API server answers, and which version it is. */
export const cluster: Probe = {
  title: 'cluster',
  asksCluster: true,
  async run({ kubernetes, server }) {
    try {
      const version = await kubernetes.serverVersion();
      const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1]);
      if (minor < OLDEST)
        return [
          {
            level: 'warn',
            message: `Kubernetes ${version} at ${server} is older than what is tested (1.${OLDEST})`,
            mend: 'upgrade the cluster',
          },
        ];
      return [{ level: 'ok', message: `Kubernetes ${version} at ${server}` }];
    } catch (error) {
      return [{ level: 'fail', message: `${server} cannot be reached: ${messageOf(error)}`, mend: 'kubectl cluster-info' }];
    }
  },
};
