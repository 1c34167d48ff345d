import { expect, test } from '@jest/globals';
import { deployment, find, hook, job, service, split } from '../helpers.ts';

test('a field of a pod that the template leaves empty is none', () => {
  const container = { env: null, ports: null, envFrom: null, args: null, volumeMounts: null, resources: { limits: null } };
  const spec = { volumes: null, hostAliases: null, initContainers: null, imagePullSecrets: null, affinity: null };
  const options = { hooks: [hook(job('migrate', { container, spec }), 'post-install,post-upgrade')], colorServiceIPs: { web: '10.0.0.1' } };
  const { refusals, colorObjects } = split([deployment('web', { container, spec }), service('web')], options);
  expect(refusals).toEqual([]);
  const pod = find(colorObjects, 'Deployment/web-blue').spec.template.spec;
  expect(pod.containers[0].resources).toEqual({});
  expect(Object.values({ ...pod, ...pod.containers[0] })).not.toContain(null);
});
