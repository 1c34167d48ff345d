import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { memoryOf, recoveredApp } from '../../../../src/actions/restore/recovered.ts';
import { type RecoveryPoint, recoveryPoint } from '../../../../src/backup/index.ts';
import type { DeployOutcome } from '../../../../src/deploy/index.ts';
import { journalName, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import { reinstate } from '../../../../src/deploy/reinstate/index.ts';
import type { KindRef } from '../../../../src/interfaces/kubernetes.ts';
import type { Secret } from '../../../../src/interfaces/objects.ts';
import { inScratch } from '../../../../src/split/recorded/in-scratch.ts';
import { App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';

// Several runs a test: seconds each where others need the machine too.
jest.setTimeout(240_000);

let app: App;
beforeEach(async () => {
  app = await App.create('reinstate');
});
afterEach(() => app.remove());

const textOf = (secret: Secret | undefined, key: string): string => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();

/** As a Job gives it. */
async function point(): Promise<RecoveryPoint> {
  const names = await recoveryPoint(app.kubernetes, RELEASE);
  const secrets = await Promise.all(names.map((name) => app.kubernetes.get<Secret>({ ...SECRET, name })));
  const records = secrets.filter((secret) => secret?.metadata.name !== journalName(RELEASE));
  return {
    schema: 1,
    backup: '000042-20260301T030000Z-7f3a9c',
    snapshotAt: '2026-03-01T03:00:00Z',
    database: 'todo',
    server: '17.6',
    releases: Object.fromEntries(records.map((secret) => [secret?.metadata.name, textOf(secret, 'release')])),
    journal: textOf(await app.kubernetes.get<Secret>({ ...SECRET, name: journalName(RELEASE) }), 'journal.json'),
  };
}

/** Everything of the namespace is gone. */
async function wipe(): Promise<void> {
  const kinds: KindRef[] = [
    DEPLOYMENT,
    { apiVersion: 'apps/v1', kind: 'StatefulSet' },
    { apiVersion: 'batch/v1', kind: 'CronJob' },
    { apiVersion: 'batch/v1', kind: 'Job' },
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
    { apiVersion: 'v1', kind: 'Pod' },
    SERVICE,
    SECRET,
  ];
  for (const kind of kinds) {
    for (const { metadata } of (await app.kubernetes.list(kind)).items) await app.kubernetes.delete({ ...kind, name: metadata.name });
  }
}

const wanted = (from: RecoveryPoint) => {
  const recorded = recoveredApp(from, { release: RELEASE, namespace: app.namespace });
  if (!recorded) throw new Error('The recovery point holds no app');
  return recorded;
};

const bringBack = (from: RecoveryPoint, more: object = {}): Promise<DeployOutcome> =>
  app.with('any', ({ who, timeoutMs }, outside) => {
    const limits = { timeoutMs, bakeMs: 0, drainMs: 0, keepOld: 'zero' as const, who };
    const options = { release: RELEASE, secrets: [], ...limits, app: wanted(from), memory: memoryOf(from), ...more };
    return reinstate(options, outside, new AbortController().signal);
  });

test('an app that is gone serves again, and remembers: a deploy and a rollback go on from there', async () => {
  for (const version of ['v1-good', 'v2-good']) await app.deploy(version);
  const before = await app.journal();
  const from = await point();
  await wipe();
  const data: string[] = [];
  const outcome = await bringBack(from, { data: async () => void data.push(String(await app.replicas('green'))) });
  expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good', activeColor: 'green' });
  // The data came before the color, and after what both share.
  expect(data).toEqual(['undefined']);
  const { active, history, inFlight, restored } = await app.journal();
  expect([active, inFlight, restored?.backup]).toEqual(['green', undefined, from.backup]);
  expect(history.map(({ version }) => version)).toEqual(['v2-good', 'v2-good', 'v1-good']);
  expect(history[1]).toEqual(before.history[0]);
  expect(history[0]?.smoke).toEqual(before.history[0]?.smoke);
  expect(await app.serving()).not.toEqual([]);

  expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v1-good', activeColor: 'blue' });
  expect((await app.deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good', activeColor: 'green' });
});

test('where the app lives nothing is touched', async () => {
  await app.deploy('v1-good');
  const [from, before] = [await point(), await app.journal()];
  const outcome = await bringBack(from);
  expect(outcome).toMatchObject({ status: 'failed', failureReason: 'restore-refused' });
  expect(outcome.report.failure?.message).toMatch(/"small" is in namespace \S+ \(its journal, the Helm release small/);
  expect(await app.journal()).toEqual(before);
});

test('data that does not come back leaves a run that can be begun again', async () => {
  await app.deploy('v1-good');
  const from = await point();
  await wipe();
  const failed = await bringBack(from, { data: () => Promise.reject(new Error('the Job was lost')) });
  expect(failed).toMatchObject({ status: 'failed' });
  expect((await app.journal()).active).toBeUndefined();
  expect(await bringBack(from)).toMatchObject({ status: 'deployed', version: 'v1-good', activeColor: 'blue' });
});

test('for a moment, in another place: without a past, and without doors', async () => {
  await app.deploy('v1-good', undefined, { values: app.values('v1-good', { lives: true }) });
  const from = await point();
  await wipe();
  const recorded = wanted(from);
  const rules = { from: app.namespace, to: app.namespace, replaced: () => undefined, aliases: [] };
  const { base, color } = inScratch(recorded, rules);
  const outcome = await bringBack(from, { app: { ...recorded, base, color }, memory: undefined });
  expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
  for (const [apiVersion, kind] of [
    ['networking.k8s.io/v1', 'Ingress'],
    ['batch/v1', 'CronJob'],
  ] as const) {
    expect((await app.kubernetes.list({ apiVersion, kind })).items).toEqual([]);
  }
  expect((await app.journal()).history.map(({ baseRevision, colorRevision }) => [baseRevision, colorRevision])).toEqual([[1, 1]]);
});
