import { need } from '../../deploy/preflight/access.ts';
import { requireLasting } from '../../deploy/preflight/namespace.ts';
import type { Probe } from '../patient/model.ts';

/** Whether the namespace is there and stays, or is made by the first deploy. */
export const namespace: Probe = {
  title: 'namespace',
  asksCluster: true,
  async run({ kubernetes, deployer, namespace: name }) {
    const state = await requireLasting({ kubernetes });
    if (state === 'there') return [{ level: 'ok', message: `${name} is there` }];
    if (state === 'unseen') return [{ level: 'unknown', message: `this account may not look at the namespace ${name}` }];
    const denied = await deployer.denied(need('', 'namespaces', 'create'));
    if (denied.length === 0) return [{ level: 'ok', message: `${name} is not there yet: the first deploy creates it` }];
    return [
      {
        level: 'fail',
        message: `${name} does not exist, and the account that deploys may not create it`,
        mend: `kubectl create namespace ${name}`,
      },
    ];
  },
};
