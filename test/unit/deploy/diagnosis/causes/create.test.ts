import { expect, test } from '@jest/globals';
import { createCause } from '../../../../../src/deploy/diagnosis/causes/create.ts';

test.each([
  ['pods "web-1" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=1, limited: cpu=1', 'quota-exceeded'],
  ['pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'admission-refused'],
  ['admission webhook "policy" denied the request: no latest tag', 'admission-refused'],
  ['something else', 'not-ready'],
])('pods that cannot be created: %s', (message, reason) => expect(createCause('Deployment/web', message).reason).toBe(reason));
