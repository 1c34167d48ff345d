import { describe, expect, test } from '@jest/globals';
import type { RestoreInputs } from '../../../../src/actions/restore/inputs.ts';
import { memoryOf, recoveredApp } from '../../../../src/actions/restore/recovered.ts';
import { scratchApp, standInFor, wayTo } from '../../../../src/actions/restore/scratch-app.ts';
import type { RecoveryPoint } from '../../../../src/backup/index.ts';
import type { PartChart } from '../../../../src/interfaces/helm.ts';
import { unpack } from '../../../../src/split/part/pack.ts';
import { chartFiles } from '../../../../src/tools/helm/part-chart.ts';
import { decodeRelease, encodeRelease, type RecordedRelease } from '../../../../src/tools/helm/release-secret.ts';
import { deployment, secret, service, split, statefulSet } from '../../split/helpers.ts';

const APP = { release: 'todo', namespace: 'todo' };
const env = (host: string) => [
  { name: 'DATABASE_HOST', value: host },
  { name: 'DATABASE_NAME', value: 'tododb' },
  { name: 'DATABASE_USER', value: 'app' },
  { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } },
];
const chartOf = (host: string) => [
  deployment('web', { labels: { app: 'web' }, container: { env: env(host) } }),
  service('web'),
  service('db', { ports: [{ port: 5432, targetPort: 'postgres' }] }),
  statefulSet('db', { labels: { app: 'db' } }),
  secret('s'),
];

/** As Helm records a part chart, and a backup keeps it. */
function recorded(name: string, version: number, part: PartChart, namespace = 'todo'): string {
  const { 'Chart.yaml': metadata = '', ...files } = chartFiles(part);
  const templates = Object.entries(files).map(([file, text]) => ({ name: file, data: Buffer.from(text).toString('base64') }));
  const release = { name, namespace, version, info: { status: 'deployed' }, chart: { metadata: JSON.parse(metadata), templates } };
  return Buffer.from(encodeRelease(release as RecordedRelease), 'base64').toString();
}

function pointOf({
  host = 'db',
  journal = {},
  namespace = 'todo',
}: {
  host?: string;
  journal?: object | undefined;
  namespace?: string;
} = {}): RecoveryPoint {
  const { base, color, partHash } = split(chartOf(host), { color: 'blue', colorServiceIPs: { web: '10.96.0.1' } });
  const serving = { version: 'v2', color: 'blue', partHash, baseHash: 'b', smoke: [], images: [] };
  return {
    schema: 1,
    backup: '000042-20260301T030000Z-7f3a9c',
    snapshotAt: '2026-03-01T03:00:00Z',
    database: 'tododb',
    server: '17.6',
    releases: {
      'sh.helm.release.v1.todo.v9': recorded('todo', 9, { ...base, templates: {} }),
      'sh.helm.release.v1.todo.v10': recorded('todo', 10, base, namespace),
      'sh.helm.release.v1.todo-blue.v4': recorded('todo-blue', 4, color),
    },
    journal: JSON.stringify({ schema: 1, release: 'todo', active: 'blue', history: [serving], ...journal }),
  };
}

describe('the app of a recovery point', () => {
  test('is the version that served, by the newest record of each release', () => {
    const app = recoveredApp(pointOf(), APP);
    expect(app?.serving.version).toBe('v2');
    expect(app && unpack(app.base).map(({ object }) => object.kind)).toContain('StatefulSet');
    expect(app && unpack(app.color).map(({ object }) => object.metadata.name)).toContain('web-blue');
  });

  test('is none where nothing served, or there is no journal', () => {
    const { journal: _, ...without } = pointOf();
    expect([recoveredApp(without, APP), recoveredApp(pointOf({ journal: { active: undefined, history: [] } }), APP)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test.each<[string, RecoveryPoint, string]>([
    ['a record is missing', { ...pointOf(), releases: {} }, "Helm's record of what both colors share is not in it"],
    ['it is of another namespace', pointOf({ namespace: 'shop' }), 'its app was in namespace shop'],
    ['its journal is cut off', { ...pointOf(), journal: '{"schema":1,' }, 'its journal: '],
    [
      'its color is of another version',
      pointOf({ journal: { history: [{ version: 'v3', color: 'blue', partHash: 'other' }] } }),
      "Helm's record of blue is not of v3, which served",
    ],
  ])('cannot be used where %s', (_, point, says) => {
    expect(() => recoveredApp(point, APP)).toThrow(says);
  });

  test('is remembered as what does not live', () => {
    const { records } = memoryOf(pointOf());
    expect(records.map(({ metadata }) => metadata.labels)).toContainEqual({
      name: 'todo-blue',
      owner: 'helm',
      status: 'superseded',
      version: '4',
    });
    expect(records.map((one) => decodeRelease(one).info.status)).toEqual(['superseded', 'superseded', 'superseded']);
  });
});

describe('what stands in for its database', () => {
  const inputs = { app: APP, secrets: [] } as unknown as RestoreInputs;
  const made = (host: string) => {
    const app = recoveredApp(pointOf({ host }), APP);
    if (!app) throw new Error('no app');
    const standIn = standInFor(inputs, app);
    const scratch = scratchApp(app, standIn, { from: 'todo', to: 'scratch', ip: '10.96.0.9' });
    return { standIn, text: JSON.stringify([...unpack(scratch.app.base), ...unpack(scratch.app.color)].map(({ object }) => object)) };
  };

  test.each(['db', 'db.todo', 'db.todo.svc.cluster.local'])('is behind its own Service: %s', (host) => {
    const { standIn, text } = made(host);
    expect(standIn.login).toMatchObject({ user: 'app', password: 'x', name: 'tododb' });
    expect(wayTo(standIn)).toEqual({ labels: { app: 'db' }, ports: [{ name: 'postgres' }] });
    expect(text).not.toContain('StatefulSet');
    expect(text).not.toContain('10.96.0.9');
  });

  test('has the name of a server elsewhere', () => {
    const { standIn, text } = made('db.example.com');
    expect(wayTo(standIn)).toEqual({ labels: {}, ports: [] });
    expect(text).toContain('{"ip":"10.96.0.9","hostnames":["db.example.com"]}');
  });

  test('cannot have an address', () => {
    expect(() => made('203.0.113.7')).toThrow('by the address 203.0.113.7, for which nothing can stand in');
  });
});
