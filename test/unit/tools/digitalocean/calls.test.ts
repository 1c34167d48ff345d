import { expect, test } from '@jest/globals';
import { CALLS } from '../../../../src/tools/digitalocean/calls.ts';
import { digitalOceanDescription } from '../../../support/digitalocean/description.ts';
import { EXCEPTIONS } from '../../../support/digitalocean/stand-in.ts';
import { cluster } from '../../../support/digitalocean/world.ts';
import { OpenApiChecker } from '../../../support/openapi.ts';
import { withStandIn } from './setup.ts';

withStandIn('DigitalOcean’s description', () => {
  const description = digitalOceanDescription();
  const checker = () => new OpenApiChecker(description, EXCEPTIONS);
  const headers = { authorization: 'Bearer x', accept: 'application/json, application/yaml' };
  const request = (method: string, url: string, more: object = {}) => checker().request({ method, url, headers, body: '', ...more });

  test.each(Object.entries(CALLS))('%s: path, method and scopes are those of the description', (_, { method, path, scopes }) => {
    const operation = description.paths[path]?.[method.toLowerCase()];
    expect(operation?.security).toEqual([{ bearer_auth: [...scopes] }]);
  });

  test.each([
    ['a path that is none', request('GET', '/v2/kubernetes/cluster'), /no such path/],
    ['a method that is none', request('POST', '/v2/sizes'), /no such path and method/],
    ['an unknown parameter', request('GET', '/v2/sizes?perpage=2'), /unknown query parameter perpage/],
    ['a parameter out of range', request('GET', '/v2/sizes?per_page=201'), /per_page must be <= 200/],
    ['a parameter of another type', request('GET', '/v2/sizes?page=first'), /page must be integer/],
    ['a value that is none', request('GET', `/v2/kubernetes/clusters/${cluster().id}/kubeconfig?type=cert`), /must be equal to one of/],
    ['an id that is none', request('GET', '/v2/kubernetes/clusters/acme/kubeconfig'), /must match format "uuid"/],
    ['no token', request('GET', '/v2/sizes', { headers: { accept: '*/*' } }), /no bearer token/],
    ['a type that it does not send', request('GET', '/v2/sizes', { headers: { ...headers, accept: 'text/html' } }), /accepts text\/html/],
    ['a body where none belongs', request('GET', '/v2/sizes', { body: '{}' }), /has a body/],
  ])('a request with %s is seen', (_, problems, expected) => {
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  const limits = { 'ratelimit-limit': '1', 'ratelimit-remaining': '1', 'ratelimit-reset': '1', 'content-type': 'application/json' };
  const answer = (method: string, url: string, body: unknown, more: object = {}) => {
    const used = checker();
    const operation = used.operation(method, url);
    if (!operation) throw new Error('no operation');
    return used.answer(operation, { status: 200, headers: limits, body: typeof body === 'string' ? body : JSON.stringify(body), ...more });
  };
  const list = (one: object) => ({ kubernetes_clusters: [one], meta: { total: 1 } });
  const CLUSTERS = '/v2/kubernetes/clusters';

  test('an answer as described passes', () => {
    expect(answer('GET', CLUSTERS, list(cluster()))).toEqual([]);
  });

  test.each([
    ['a field of another type', answer('GET', CLUSTERS, list(cluster({ name: 7 }))), /name must be string/],
    ['a field that nobody knows', answer('GET', CLUSTERS, list(cluster({ nodepools: [] }))), /unevaluated.*nodepools/],
    ['a root that nobody knows', answer('GET', CLUSTERS, { clusters: [], meta: { total: 0 } }), /unevaluated.*clusters/],
    ['nothing of what is required', answer('GET', CLUSTERS, { kubernetes_clusters: [] }), /required property 'meta'/],
    ['no JSON', answer('GET', CLUSTERS, '<html>'), /must be object/],
    ['no rate limit', answer('GET', CLUSTERS, list(cluster()), { headers: { 'content-type': 'application/json' } }), /no header ratelimit/],
    [
      'another type',
      answer('GET', CLUSTERS, list(cluster()), { headers: { ...limits, 'content-type': 'text/html' } }),
      /content type "text\/html"/,
    ],
    ['an error without a message', answer('GET', CLUSTERS, { id: 'x' }, { status: 403 }), /required property 'message'/],
  ])('an answer with %s is seen', (_, problems, expected) => {
    expect(problems.join('\n')).toMatch(expected);
  });
});
