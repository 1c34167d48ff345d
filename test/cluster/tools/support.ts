import { jest } from '@jest/globals';
import { clusterEnvironment } from '../../../demo/environment.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { workplaceAt } from '../../support/workplace.ts';

export { failure, manager } from '../../support/workplace.ts';

// A busy machine may take seconds for what takes milliseconds.
jest.setTimeout(60_000);

export const cluster = clusterEnvironment();
export const environment = { ...process.env, ...cluster.env };
export const runner = new NodeProcessRunner({ env: environment });
const access = loadKubeconfig({ path: cluster.kubeconfig });
export const workplace = (name: string) => workplaceAt(access, name);
