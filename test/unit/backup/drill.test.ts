import { describe, expect, test } from '@jest/globals';
import { drillIn, drillMarks, drillNamespace, isOver } from '../../../src/backup/drill/marks.ts';
import { databaseObjects, postgresImageFor } from '../../../src/backup/drill/postgres.ts';
import { closedPolicy } from '../../../src/backup/drill/scratch.ts';

const APP = { namespace: 'shop', release: 'todo' };
const ENDS = Date.parse('2026-03-01T04:00:00Z');
const NAMESPACE = 'todo-deploy-drill-todo-00c0ffee';
const namespace = (metadata: object) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, uid: 'u', ...drillMarks(APP, ENDS), ...metadata },
});

describe('the namespace of a drill', () => {
  test('has a name of its own, however long the release is', () => {
    expect(drillNamespace('todo', '00c0ffee')).toBe(NAMESPACE);
    const long = drillNamespace('a'.repeat(53), '00c0ffee');
    expect(long).toHaveLength(63);
    expect(long.endsWith('-00c0ffee')).toBe(true);
  });

  test('says whose drill it is, and when that is over', () => {
    expect(drillIn(namespace({}))).toEqual({ namespace: NAMESPACE, uid: 'u', of: APP, endsAt: ENDS });
  });

  test.each([
    ['another name', { name: 'shop' }],
    ['the label of another release', { labels: { 'todo-deploy.dev/drill': 'other' } }],
    ['no label', { labels: {} }],
    ['no annotations', { annotations: {} }],
    ['an end that is no time', { annotations: { ...drillMarks(APP, ENDS).annotations, 'todo-deploy.dev/drill-ends-at': 'soon' } }],
    ['more than one app', { annotations: { ...drillMarks(APP, ENDS).annotations, 'todo-deploy.dev/drill-of': 'shop/todo/x' } }],
  ])('is not ours with %s', (_, metadata) => {
    expect(drillIn(namespace(metadata))).toBeUndefined();
  });

  test.each([
    ['a clock that is behind', [ENDS + 600_000, ENDS - 1], false],
    ['all clocks behind', [ENDS - 1, ENDS - 1], false],
    ['all clocks a moment after it', [ENDS + 1, ENDS + 1], false],
    ['all clocks well after it', [ENDS + 300_001, ENDS + 600_000], true],
    ['no clock', [], false],
  ])('is over with %s: %j is %s', (_, clocks, over) => {
    expect(isOver({ namespace: NAMESPACE, uid: 'u', of: APP, endsAt: ENDS }, clocks)).toBe(over);
  });

  test('lets nobody in, and nothing out but to names', () => {
    const { spec } = closedPolicy(NAMESPACE) as { spec?: unknown };
    expect(spec).toMatchObject({ podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }] });
    const { egress } = spec as { egress: { to: unknown[]; ports?: { port: number }[] }[] };
    expect(egress.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([undefined, [53, 53]]);
    expect(egress[0]?.to).toEqual([{ podSelector: {} }]);
  });
});

describe('the PostgreSQL of a drill', () => {
  const [secret, service, pod] = databaseObjects({
    image: 'postgres:16',
    user: 'todo',
    password: 'canary',
    labels: { app: 'database' },
    ports: [{ name: 'postgres' }],
    port: 25060,
    pullSecrets: ['pull'],
    size: '1Gi',
  });

  test('is of the version that was dumped', () => {
    expect(['16.4', '17.6'].map(postgresImageFor)).toEqual(['postgres:16', 'postgres:17']);
  });

  test('has its password in a Secret alone, and the labels by which the app finds its database', () => {
    expect(secret).toMatchObject({ stringData: { user: 'todo', password: 'canary' } });
    expect(JSON.stringify([service, pod])).not.toContain('canary');
    expect(pod?.metadata.labels).toMatchObject({ app: 'database' });
    expect(JSON.stringify(pod)).toContain('"automountServiceAccountToken":false');
  });
});
