import { expect, test } from '@jest/globals';
import { beyondTheRole } from '../../api/support/audit.ts';

const event = (verb: string, resource: string | undefined, { userAgent = 'todo-deploy', ...more }: Record<string, string> = {}): string =>
  JSON.stringify({ verb, userAgent, requestURI: `/${resource}`, objectRef: resource && { resource, ...more } });
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
  ['a hook that Helm waits for', event('watch', 'configmaps', { userAgent: 'Helm/4.3.1' }), []],
  ['a Namespace of a chart', event('patch', 'namespaces', { userAgent: 'Helm/4.3.1' }), []],
  ['a Namespace of our own', event('patch', 'namespaces'), ['patch namespaces, by todo-deploy: /namespaces']],
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
