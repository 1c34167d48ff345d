import { expect, test } from '@jest/globals';
import type { Route, RouteRule } from '../../../../src/interfaces/gateway.ts';
import { backendsOf } from '../../../../src/split/gateway/backends.ts';

const route = (rules: RouteRule[]): Route => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web' },
  spec: { rules },
});
const mirror = (name: string) => ({ type: 'RequestMirror', requestMirror: { backendRef: { name, port: 80 } } });

test.each<[string, RouteRule[], string[]]>([
  [
    'several, by weight',
    [
      {
        backendRefs: [
          { name: 'a', port: 80, weight: 9 },
          { name: 'b', port: 80, weight: 1 },
        ],
      },
    ],
    ['0 a:80', '0 b:80'],
  ],
  [
    'one that gets nothing yet',
    [
      {
        backendRefs: [
          { name: 'a', port: 80 },
          { name: 'next', port: 80, weight: 0 },
        ],
      },
    ],
    ['0 a:80', '0 next:80'],
  ],
  ['of several rules', [{ backendRefs: [{ name: 'a', port: 80 }] }, { backendRefs: [{ name: 'b', port: 81 }] }], ['0 a:80', '1 b:81']],
  ['of another namespace', [{ backendRefs: [{ name: 'a', namespace: 'other', port: 80 }] }], ['0 other/a:80']],
  ['copies, for a rule', [{ filters: [mirror('copy')], backendRefs: [{ name: 'a', port: 80 }] }], ['0 a:80', '0 copy:80 (mirror)']],
  ['copies, for a backend', [{ backendRefs: [{ name: 'a', port: 80, filters: [mirror('copy')] }] }], ['0 a:80', '0 copy:80 (mirror)']],
  ['what is no Service', [{ backendRefs: [{ group: 'storage.example.com', kind: 'Bucket', name: 'files' }] }], []],
  ['a redirect', [{ filters: [{ type: 'RequestRedirect' }] }], []],
])('%s', (_name, rules, expected) => {
  const found = backendsOf(route(rules)).map(
    ({ rule, namespace, name, port, mirror: copy }) =>
      `${rule} ${namespace === undefined ? '' : `${namespace}/`}${name}:${port}${copy ? ' (mirror)' : ''}`,
  );
  expect(found).toEqual(expected);
});
