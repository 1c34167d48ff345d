import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { need } from '../../../../src/deploy/preflight/access.ts';
import { roleText } from '../../../../src/deploy/preflight/role.ts';

test('the shipped Role is what the product asks for before a deploy', () => {
  const shipped = readFileSync('actions/deploy/role.yaml', 'utf8');
  expect(shipped.slice(shipped.indexOf('apiVersion:'))).toBe(roleText('todo-deploy', 'todo'));
});

test("a chart's kinds come on top: known resources keep one rule, others get their own", () => {
  const more = [...need('apps', 'deployments', 'get create patch delete'), ...need('cert-manager.io', 'certificates', 'get create')];
  const { metadata, rules } = parse(roleText('shop', 'shop', more, 'shop'));
  expect(metadata).toEqual({ name: 'shop', namespace: 'shop' });
  expect(rules).toContainEqual({
    apiGroups: ['apps'],
    resources: ['deployments'],
    verbs: ['get', 'list', 'watch', 'patch', 'create', 'delete'],
  });
  expect(rules.at(-1)).toEqual({ apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['get', 'create'] });
});
