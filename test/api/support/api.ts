import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { workplaceAt } from '../../support/workplace.ts';

export { failure, manager, ref } from '../../support/workplace.ts';

// A busy machine may take seconds for what takes milliseconds.
jest.setTimeout(60_000);

/** What `server.ts` printed. */
const started: { kubeconfig: string; bin: string[]; gatewayApi: string; snapshots: string; velero: string } = JSON.parse(
  process.env.TODO_DEPLOY_TEST_API ?? '',
);

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const kubeconfig = started.kubeconfig;
/** The Gateway API's own definitions. */
export const GATEWAY_DEFINITIONS = started.gatewayApi;
/** The external-snapshotter's, and Velero's. */
export const SNAPSHOT_DEFINITIONS = started.snapshots;
export const VELERO_DEFINITIONS = started.velero;
export const environment = { ...process.env, PATH: [...started.bin, process.env.PATH].join(delimiter), KUBECONFIG: kubeconfig };
export const runner = new NodeProcessRunner({ env: environment });
export const access = loadKubeconfig({ path: kubeconfig });
/** Whom runs of the product act as: what they do is compared with what their Roles allow when all is over (`audit.ts`). */
export const deployer = loadKubeconfig({ path: kubeconfig, context: 'deployer' });
export const workplace = (name: string) => workplaceAt(access, name);
