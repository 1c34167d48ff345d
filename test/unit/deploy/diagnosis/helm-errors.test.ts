import { describe, expect, test } from '@jest/globals';
import { helmFailure, lastError } from '../../../../src/deploy/diagnosis/helm-errors.ts';
import { ProcessError } from '../../../../src/interfaces/errors.ts';
import type { Kubernetes } from '../../../../src/interfaces/kubernetes.ts';

const kubernetes = {} as Kubernetes;

describe('what Helm says of an apply', () => {
  test.each([
    [
      'Error: secrets "todo" is forbidden: User "ci" cannot get resource "secrets" in API group "" in the namespace "todo"',
      'access-denied',
    ],
    ['Error: UPGRADE FAILED: forbidden: User "ci" cannot get path "/openapi/v2"', 'access-denied'],
    ['Error: pods "web" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2', 'quota-exceeded'],
    ['Error: admission webhook "policy.example.com" denied the request: no', 'admission-refused'],
    [
      'Error: PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
      'immutable-field',
    ],
  ])('%s: %s', async (stderr, reason) => {
    const error = new ProcessError({ command: ['helm', 'upgrade'], exitCode: 1, stderr });
    expect(await helmFailure(error, 'the base', [], kubernetes)).toMatchObject({ reason });
  });
});

test.each([
  [
    "level=WARN msg=x\nError: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '': missing property 'policy'\n",
    "values don't meet the specifications of the schema(s) in the following chart(s): web: - at '': missing property 'policy'",
  ],
  [
    'Error: INSTALLATION FAILED: execution error at (web/templates/a.yaml:2:9): a password is required\n',
    'execution error at (web/templates/a.yaml:2:9): a password is required',
  ],
  ['a line\nthe last one\n', 'the last one'],
  ['', ''],
])('of an error in several lines all are told, in one: %j', (stderr, told) => {
  expect(lastError(stderr)).toBe(told);
});
