import { describe, expect, test } from '@jest/globals';
import { blocking } from '../../../../../src/deploy/diagnosis/causes/policies.ts';
import type { NetworkPolicy, Pod } from '../../../../../src/interfaces/objects.ts';

const pod = (name: string, podIP: string): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { containers: [{ name, ports: [{ name: 'sql', containerPort: 5432 }] }] },
    status: { podIP },
  }) as Pod;
const policy = (spec: object): NetworkPolicy =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec }) as NetworkPolicy;
const [web, db] = [pod('web', '10.244.1.5'), pod('db', '10.244.1.6')];
const of = (app: string) => ({ podSelector: { matchLabels: { app } } });
const into = (...rules: object[]) => policy({ ...of('db'), ingress: rules });
const out = (...rules: object[]) => policy({ ...of('web'), policyTypes: ['Egress'], egress: rules });

describe('whether policies let a pod reach another one', () => {
  test.each<[string, NetworkPolicy, boolean]>([
    ['nothing is let in', into(), true],
    ['another one is let in', into({ from: [of('worker')] }), true],
    ['it is let in', into({ from: [of('web')] }), false],
    ['it is let in by port', into({ ports: [{ port: 5432 }] }), false],
    ['by the name of a port', into({ ports: [{ port: 'sql' }] }), false],
    ['by a range of ports', into({ ports: [{ port: 5000, endPort: 6000 }] }), false],
    ['by another port', into({ ports: [{ port: 80 }] }), true],
    ['by another protocol', into({ ports: [{ port: 5432, protocol: 'UDP' }] }), true],
    ['by its address', into({ from: [{ ipBlock: { cidr: '10.244.0.0/16' } }] }), false],
    ['by its address, but not it', into({ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.5/32'] } }] }), true],
    ['by its namespace, which is not known here', into({ from: [{ namespaceSelector: {} }] }), false],
    ['nothing is let out', out(), true],
    ['it is let out', out({ to: [of('db')], ports: [{ port: 5432 }] }), false],
    ['a policy of other pods', policy({ ...of('other'), ingress: [] }), false],
  ])('%s', (_, one, blocked) => expect(blocking([one], web, { pod: db, address: db.status?.podIP, port: 5432 }).length > 0).toBe(blocked));

  test('one that lets it through is enough', () =>
    expect(blocking([into(), into({ from: [of('web')] })], web, { pod: db, port: 5432 })).toEqual([]));
});
