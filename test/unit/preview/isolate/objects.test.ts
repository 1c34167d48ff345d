import { describe, expect, test } from '@jest/globals';
import { ALONE } from '../../../../src/interfaces/own.ts';
import { type Isolation, isolationObjects, QUOTA } from '../../../../src/preview/isolate/objects.ts';

const ISOLATION: Isolation = {
  key: { repositoryId: 42, number: 7 },
  namespace: 'pr-7-todo-abcdef',
  own: ALONE,
  quota: { cpu: '1500m', memory: '1.5Gi', storage: '5Gi', pods: 20 },
  podSecurity: 'restricted',
  frontDoors: { namespaces: ['ingress-nginx'], addresses: [] },
  egress: [],
};
// biome-ignore lint/suspicious/noExplicitAny: an assertion says what the fields are
const specOf = (kind: string, more: Partial<Isolation> = {}, end = ''): any =>
  isolationObjects({ ...ISOLATION, ...more }).find(({ kind: of, metadata }) => of === kind && metadata.name === `${QUOTA}${end}`)?.spec;

describe('what stands around the pods of a preview', () => {
  test('all of it carries the preview’s marks, in its namespace', () => {
    for (const { metadata } of isolationObjects(ISOLATION)) {
      expect(metadata).toMatchObject({ namespace: 'pr-7-todo-abcdef', labels: { 'todo-deploy.dev/preview': '42-7' } });
    }
  });

  test('a quota with room for both colors, and for no way in from outside', () => {
    expect(specOf('ResourceQuota').hard).toEqual({
      'requests.cpu': '3000m',
      'requests.memory': '3Gi',
      'requests.storage': '5Gi',
      pods: '40',
      'services.loadbalancers': '0',
      'services.nodeports': '0',
    });
  });

  test('a closed network: in from the front door, out to itself and DNS', () => {
    const { egress, ...out } = specOf('NetworkPolicy');
    const { ingress, ...into } = specOf('NetworkPolicy', {}, '-doors');
    // One for both would let its own pods in wherever it lets them out, to some networks.
    expect([into, out]).toEqual(['Ingress', 'Egress'].map((type) => ({ policyTypes: [type], podSelector: {} })));
    expect(ingress).toEqual([{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }] }]);
    expect(egress).toHaveLength(2);
    expect(egress[0]).toEqual({ to: [{ podSelector: {} }] });
    expect(egress[1].ports).toEqual([
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ]);
  });

  test('its pods reach one another, and not the waker, which may ask the API server', () => {
    const own = specOf('NetworkPolicy', {}, '-own');
    const matchExpressions = [{ key: 'todo-deploy.dev/waker', operator: 'DoesNotExist' }];
    expect(own).toEqual({ podSelector: { matchExpressions }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] });
  });

  test('where nobody knows the front door it is open to the cluster, and to nothing outside; the waker is not its pods’', () => {
    const key = 'kubernetes.io/metadata.name';
    const matchExpressions = [{ key, operator: 'NotIn', values: ['pr-7-todo-abcdef'] }];
    const frontDoors = { namespaces: [], addresses: [] };
    expect(specOf('NetworkPolicy', { frontDoors }, '-doors').ingress).toEqual([{ from: [{ namespaceSelector: { matchExpressions } }] }]);
  });

  test('from a front door in the network of the nodes, by their addresses', () => {
    const frontDoors = { namespaces: ['ingress-nginx'], addresses: ['10.0.0.1', 'fd00::1'] };
    expect(specOf('NetworkPolicy', { frontDoors }, '-doors').ingress[0].from.slice(1)).toEqual([
      { ipBlock: { cidr: '10.0.0.1/32' } },
      { ipBlock: { cidr: 'fd00::1/128' } },
    ]);
  });

  test.each<[string, object]>([
    ['203.0.113.0/24', { cidr: '203.0.113.0/24' }],
    ['0.0.0.0/0', { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }],
    ['169.254.0.0/16', { cidr: '169.254.0.0/16', except: ['169.254.169.254/32'] }],
    ['169.254.169.254/32', { cidr: '169.254.169.254/32' }],
    ['::/0', { cidr: '::/0', except: ['fd00:ec2::254/128'] }],
    ['2001:db8::/32', { cidr: '2001:db8::/32' }],
  ])('egress to %s leaves the metadata address out', (cidr, ipBlock) =>
    expect(specOf('NetworkPolicy', { egress: [cidr] }).egress[2]).toEqual({ to: [{ ipBlock }] }),
  );
});
