import { expect, test } from '@jest/globals';
import { beyondTheRole } from '../../api/support/audit.ts';

const event = (verb: string, resource: string | undefined, more: object = {}): string =>
  JSON.stringify({ verb, userAgent: 'todo-deploy', requestURI: `/${resource}`, objectRef: resource && { resource, ...more } });
const deployments = { apiGroup: 'apps' };

test.each([
  ['a call of every deploy', event('watch', 'pods'), []],
  ['a scale', event('patch', 'deployments', { ...deployments, subresource: 'scale' }), []],
  ['an object of a chart', event('create', 'widgets', { apiGroup: 'example.com' }), []],
  ['discovery', event('get', undefined), []],
  ['a question for rights', event('create', 'selfsubjectaccessreviews', { apiGroup: 'authorization.k8s.io' }), []],
  [
    'a list of what the chart holds',
    event('list', 'widgets', { apiGroup: 'example.com' }),
    ['list example.com/widgets, by todo-deploy: /widgets'],
  ],
  [
    'a lease that is deleted',
    event('delete', 'leases', { apiGroup: 'coordination.k8s.io' }),
    [expect.stringContaining('delete coordination')],
  ],
  ['a token', event('create', 'serviceaccounts', { subresource: 'token' }), [expect.stringContaining('create serviceaccounts/token')]],
  ['a command in a pod', event('create', 'pods', { subresource: 'exec' }), [expect.stringContaining('create pods/exec')]],
  ['a whole collection', event('deletecollection', 'pods'), [expect.stringContaining('deletecollection pods')]],
])('%s', (_, line, beyond) => {
  expect(beyondTheRole(`${line}\n`)).toEqual(beyond);
});
