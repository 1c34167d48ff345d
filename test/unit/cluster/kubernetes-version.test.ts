import { afterEach, expect, test } from '@jest/globals';
import { programFolder, programVersion } from '../../../cluster/programs/cache.ts';
import { requiredVersion } from '../../../cluster/programs/modules.ts';
import { kubernetesFolder, kubernetesFolders } from '../../../cluster/programs/pins.ts';

const before = process.env.TODO_DEPLOY_KUBERNETES;
afterEach(() => {
  if (before === undefined) delete process.env.TODO_DEPLOY_KUBERNETES;
  else process.env.TODO_DEPLOY_KUBERNETES = before;
});

test.each(Object.entries(kubernetesFolders))('Kubernetes %s is what its go.mod requires', (version, folder) => {
  expect(requiredVersion(folder, 'k8s.io/kubernetes')).toMatch(new RegExp(`^v${version}\\.\\d+$`));
});

test('each version is a build of its own', () => {
  const builds = Object.keys(kubernetesFolders).map((version) => {
    process.env.TODO_DEPLOY_KUBERNETES = version;
    expect(programVersion('kubernetes')).toContain(`v${version}.`);
    return programFolder('kubernetes');
  });
  expect(new Set(builds).size).toBe(Object.keys(kubernetesFolders).length);
});

test('nothing asked is the first; what there is not is refused with what there is', () => {
  expect(kubernetesFolder('')).toBe('.');
  expect(() => kubernetesFolder('1.2')).toThrow('TODO_DEPLOY_KUBERNETES is 1.2: the cluster can be made of 1.36 or 1.37 or 1.34');
});
