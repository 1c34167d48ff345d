import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { VELERO_BACKUP } from '../../../src/backup/beside/velero.ts';
import { requireVelero, takeVelero } from '../../../src/backup/index.ts';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { logBy } from '../../support/log.ts';
import { access, VELERO_DEFINITIONS, workplace } from '../support/api.ts';
import { installDefinitions } from '../support/definitions.ts';

const { namespace, kubernetes } = workplace('velero');
const VELERO = `${namespace}-server`;
const ID = '000007-20260301T030000Z-7f3a9c';
const OWNER = { release: 'todo', store: 'https://s3.example.com/acme/todo' };
const lines: string[] = [];
const log = logBy((line) => void lines.push(line));
const backups = async () => (await kubernetes.list(VELERO_BACKUP, { namespace: VELERO })).items;
const stranger = new KubernetesClient(actingAs(access, `system:serviceaccount:${namespace}:backup`), { namespace });

beforeEach(() => void lines.splice(0));

describe('before there is Velero', () => {
  test('it is refused', async () => {
    await expect(requireVelero(kubernetes, VELERO)).rejects.toMatchObject({
      reason: 'configuration',
      message: 'Input "velero" asks for a backup by Velero, and the cluster has none: it knows no Backup (velero.io/v1)',
    });
  });
});

describe("with Velero's own definition", () => {
  beforeAll(async () => {
    await installDefinitions(kubernetes, VELERO_DEFINITIONS, [VELERO_BACKUP]);
    await kubernetes.create({ ...NAMESPACE, metadata: { name: VELERO } });
  });
  afterAll(async () => {
    await kubernetes.delete({ ...NAMESPACE, name: VELERO });
    await stranger.close();
  });

  test('an account without the rights is refused, and is told which', async () => {
    await expect(requireVelero(stranger, VELERO)).rejects.toMatchObject({
      reason: 'access-denied',
      message: expect.stringContaining('create, list, watch backups (velero.io)'),
      hint: expect.stringContaining(`Add to its Role in namespace ${VELERO}:`),
    });
    await requireVelero(kubernetes, VELERO);
  });

  /** Velero's server, played: it writes these states, each when the one before it has been seen and told. */
  async function taken(states: readonly object[], limitMs = 40_000) {
    const clock = systemClock;
    const options = { id: ID, owner: OWNER, namespace: VELERO, limitMs };
    const taking = takeVelero(options, { kubernetes, clock, log, signal: AbortSignal.timeout(50_000) });
    taking.catch(() => undefined);
    const playing = (async () => {
      while ((await backups()).length === 0) await clock.sleep(20);
      const [backup] = await backups();
      for (const [seen, status] of states.entries()) {
        while (lines.length <= seen) await clock.sleep(20);
        await kubernetes.patch({ ...VELERO_BACKUP, namespace: VELERO, name: backup?.metadata.name ?? '' }, { status }, { type: 'merge' });
      }
      return backup;
    })();
    try {
      return { backup: await playing, done: await taking };
    } finally {
      for (const { metadata } of await backups()) await kubernetes.delete({ ...VELERO_BACKUP, namespace: VELERO, name: metadata.name });
    }
  }

  test("a Backup of the app's namespace is made, and waited for until it is completed", async () => {
    const { backup, done } = await taken([{ phase: 'New' }, { phase: 'InProgress' }, { phase: 'Finalizing' }, { phase: 'Completed' }]);
    const name = `${ID.toLowerCase()}-todo`;
    expect(done).toEqual({ namespace: VELERO, name });
    expect(backup).toMatchObject({
      metadata: { name, labels: { 'todo-deploy.dev/backup': ID, 'todo-deploy.dev/backup-of': 'todo' } },
      spec: { includedNamespaces: [namespace] },
    });
    const waiting = (state: string) => `Waiting for Velero's Backup ${VELERO}/${name} to be completed: ${state}`;
    for (const state of ['not begun yet', 'InProgress', 'Finalizing']) expect(lines).toContain(waiting(state));
  });

  test.each([
    [{ phase: 'FailedValidation', validationErrors: ['no storage location "default"'] }, 'FailedValidation: no storage location "default"'],
    [{ phase: 'Failed', failureReason: 'the bucket is gone' }, 'Failed: the bucket is gone'],
    [{ phase: 'PartiallyFailed', errors: 3 }, 'PartiallyFailed: 3 error(s)'],
  ])("what fails is told in Velero's own words: %o", async (status, words) => {
    await expect(taken([{ phase: 'InProgress' }, status])).rejects.toMatchObject({
      reason: 'backup-failed',
      message: expect.stringMatching(new RegExp(`is ${words.replace(/[()]/g, '.')}$`)),
    });
  });

  test('where nobody begins it, that is told at the end of the time', async () => {
    await expect(taken([], 1_000)).rejects.toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining(`(not begun: is Velero running in namespace ${VELERO}?)`),
    });
  });
});
