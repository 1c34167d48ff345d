import { describe, expect, test } from '@jest/globals';
import { podSpec } from '../../../src/backup/cluster/pod.ts';
import { databaseFlags, databaseOf, hoursOf, ownPolicy, proofLine } from '../../../src/backup/index.ts';
import { chosen } from '../../../src/backup/restore/choose.ts';
import { backup } from '../../support/retention-histories.ts';

const workload = (...env: object[]) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'api', env }] } } },
});
const secret = (name: string, key = 'password') => ({ name, valueFrom: { secretKeyRef: { name: 'database', key } } });

describe('the database of an app', () => {
  test('is found by a whole address, whose Secret is not read', () => {
    const found = databaseOf('todo', [workload({ name: 'LOG', value: 'x' }), workload(secret('DATABASE_URL', 'url'))]);
    expect(found).toEqual({ url: { valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } } });
  });

  test.each([
    ['DATABASE_HOST', 'DATABASE_NAME', 'DATABASE_USER', 'DATABASE_PASSWORD'],
    ['POSTGRES_HOST', 'POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD'],
    ['PGHOST', 'PGDATABASE', 'PGUSER', 'PGPASSWORD'],
    ['DB_HOST', 'DB_DATABASE', 'DB_USERNAME', 'DB_PASS'],
  ])('is found by its parts: %s, %s, %s, %s', (host, name, user, password) => {
    const env = [{ name: host, value: 'db' }, { name, value: 'todo' }, { name: user, value: 'app' }, secret(password)];
    const found = databaseOf('todo', [workload(...env)]);
    expect(found).toMatchObject({ host: { value: 'db' }, name: { value: 'todo' }, user: { value: 'app' } });
    expect(databaseFlags(found)).toEqual([
      '--database-host=$(TODO_DATABASE_HOST)',
      '--database-name=$(TODO_DATABASE_NAME)',
      '--database-user=$(TODO_DATABASE_USER)',
    ]);
  });

  test('is asked for where a part is missing', () => {
    const workloads = [
      workload({ name: 'DATABASE_HOST', value: 'db' }, { name: 'DATABASE_USER', value: 'app' }, secret('DATABASE_PASSWORD')),
    ];
    expect(() => databaseOf('todo', workloads)).toThrow('No workload of "todo" has variables that lead to its database');
  });
});

describe("the Job's pod", () => {
  const plan = {
    image: 'backup:1',
    args: ['backup-job'],
    env: { AWS_SECRET_ACCESS_KEY: { valueFrom: { secretKeyRef: { name: 'job', key: 'AWS_SECRET_ACCESS_KEY' } } } },
    database: { host: { value: 'db' }, password: { valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } } },
    scratchSize: '1Gi',
    memory: '1Gi',
    pullSecrets: [],
    labels: { a: 'b' },
  };

  test('is restricted, has no token, and holds passwords as references alone', () => {
    const spec = podSpec(plan);
    expect(spec).toMatchObject({ automountServiceAccountToken: false, restartPolicy: 'Never', securityContext: { runAsNonRoot: true } });
    expect(JSON.stringify(spec)).toContain('"name":"DATABASE_PASSWORD","valueFrom"');
    expect(JSON.stringify(spec.containers)).toContain('"capabilities":{"drop":["ALL"]}');
    expect(spec.initContainers).toBeUndefined();
  });

  test('takes up each Secret of the recovery point in a folder of its own, from one volume', () => {
    const { volumes, containers } = podSpec({ ...plan, recovery: ['sh.helm.release.v1.todo.v7', 'todo-deploy-todo-journal'] });
    const source = (name: string, key: string) => ({ secret: { name, optional: true, items: [{ key, path: `${name}/${key}` }] } });
    expect(volumes).toContainEqual({
      name: 'recovery',
      projected: {
        sources: [source('sh.helm.release.v1.todo.v7', 'release'), source('todo-deploy-todo-journal', 'journal.json')],
      },
    });
    expect(JSON.stringify(containers)).toContain('"--include=/recovery"');
    expect(JSON.stringify(podSpec(plan))).not.toContain('recovery');
  });

  test('is ready once the program waits for whoever takes what it has', () => {
    expect(podSpec({ ...plan, readyFile: '/tmp/ready' }).containers).toMatchObject([
      { readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] } } },
    ]);
  });

  test('reaches names and the ports that it needs, and is reached by nobody', () => {
    const { spec } = ownPolicy('job', { labels: { a: 'b' }, ports: [443, 5432, 443] });
    expect(spec).toMatchObject({
      podSelector: { matchLabels: { a: 'b' } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{}, { ports: [{ port: 443 }, { port: 5432 }] }],
    });
    expect(spec).not.toHaveProperty('ingress');
  });
});

describe('the backup to restore', () => {
  const good = backup(1, 0, { drilled: 'good', drilledAt: 0 });
  const there = {
    backups: [backup(2, 0), good],
    damaged: [{ id: 'x', why: 'a part is missing', paths: [] }],
    unfinished: [],
    lastSequence: 2,
  };
  test('is the newest, the newest that a drill has restored, any, or the one that is named', () => {
    expect(['latest', 'latest-drilled', good.manifest.id].map((from) => chosen(there, from, 0).manifest.sequence)).toEqual([2, 1, 1]);
    expect([0, 0.49, 0.5, 0.99].map((random) => chosen(there, 'random', random).manifest.sequence)).toEqual([2, 2, 1, 1]);
  });
  test('is refused where it is not there, or damaged', () => {
    expect(() => chosen(there, 'x', 0)).toThrow('Backup x is damaged: a part is missing');
    expect(() => chosen({ ...there, backups: [] }, 'latest', 0)).toThrow('There is no backup at the destination');
    expect(() => chosen({ ...there, backups: [backup(2, 0)] }, 'latest-drilled', 0)).toThrow('No backup has been restored by a drill yet');
  });
});

test('the age of a proof is that of the snapshot', () => {
  const proof = { backup: 'b', snapshotAt: 0, drilledAt: 3_600_000 };
  expect(hoursOf(proof, 5 * 3_600_000 + 1)).toBe(5);
  expect(proofLine(proof, 5 * 3_600_000)).toBe('The newest backup that a drill has restored is 5 h old (b)');
});
