import { expect, test } from '@jest/globals';
import { roleRules } from '../../../../src/deploy/preflight/access.ts';

test('denied calls become rules of a Role', () => {
  const rules = roleRules([
    { verb: 'get', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ]);
  expect(rules).toBe(
    '- {apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"]}\n- {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
  );
});
