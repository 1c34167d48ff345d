import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { journalName, LEASE, leaseName, SECRET } from '../../../src/deploy/kube/names.ts';
import { fenced } from '../../../src/deploy/state/fence.ts';
import { begin, enter } from '../../../src/deploy/state/journal.ts';
import { JournalStore } from '../../../src/deploy/state/journal-store.ts';
import { Lease, type LeaseTimes } from '../../../src/deploy/state/lease.ts';
import type { Clock } from '../../../src/interfaces/clock.ts';
import { CancelledError, HttpError, LeaseLostError } from '../../../src/interfaces/errors.ts';
import type { Helm } from '../../../src/interfaces/helm.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { logBy } from '../../support/log.ts';
import { access, workplace } from '../support/api.ts';

const TIMES: LeaseTimes = { durationMs: 3_000, renewMs: 300, giveUpMs: 2_000 };
const { namespace, kubernetes } = workplace('deploy-lease');
let said: string[];

const say = (text: string) => void said.push(text);
const log = logBy(say);

interface Taking {
  limitMs?: number;
  clock?: Clock;
  times?: LeaseTimes;
  signal?: AbortSignal;
  through?: KubernetesClient;
}
const take = (
  release: string,
  holder: string,
  { limitMs = 20_000, times = TIMES, signal, through = kubernetes, clock = systemClock }: Taking = {},
) => {
  said = [];
  const who = { repository: 'acme/todo', runUrl: `https://example.com/${holder}`, actor: 'ada', holder };
  return Lease.acquire(
    release,
    who,
    { kubernetes: through, clock, log },
    {
      limitMs,
      times,
      signal: signal ?? new AbortController().signal,
    },
  );
};
/** Waits for what happens beside; the test's own limit ends it. */
const until = async (happened: () => boolean) => {
  while (!happened()) await systemClock.sleep(20);
};
/** Why it was aborted. A test that waits in vain ends, and closes what it opened. */
const aborted = (signal: AbortSignal) => once(signal, 'abort', { signal: AbortSignal.timeout(20_000) }).then((): unknown => signal.reason);

/** A client whose way to the API server can be blocked: connections stay open, and nothing comes through. */
async function wayToCluster() {
  const { hostname, port } = new URL(access.server);
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const server = `https://127.0.0.1:${(relay.address() as { port: number }).port}`;
  const client = new KubernetesClient({ ...access, server }, { namespace });
  return {
    kubernetes: client,
    block: () => sockets.forEach((socket) => void socket.unpipe().pause()),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await client.close();
    },
  };
}

const read = (release: string) => kubernetes.get({ ...LEASE, name: leaseName(release) });

describe('the lease', () => {
  test('a second deploy is told who holds it, and gets it as soon as it is given up', async () => {
    // Nobody could wait for this lease to expire.
    const first = await take('given', 'one', { times: { ...TIMES, durationMs: 600_000 } });
    const second = take('given', 'two');
    await until(() => said.length > 0);
    expect(said).toEqual([
      'Another deploy of "given" is running (acme/todo, https://example.com/one): waiting for it to finish, or to show no sign of life for 600 s',
    ]);
    await first.release();
    const held = await second;
    expect(held.takenOver).toBe(false);
    expect((await read('given'))?.spec?.holderIdentity).toBe('two');
    await held.release();
    expect((await read('given'))?.spec?.holderIdentity).toBeUndefined();
  });

  test('a live holder is waited for up to the limit only', async () => {
    const first = await take('busy', 'one');
    await expect(take('busy', 'two', { limitMs: 1_000 })).rejects.toMatchObject({
      reason: 'locked',
      message: expect.stringContaining('https://example.com/one'),
    });
    expect(first.signal.aborted).toBe(false);
    await first.release();
  });

  test('what a killed run left expires by itself', async () => {
    const now = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: 'killed', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
    await kubernetes.create({ ...LEASE, metadata: { name: leaseName('killed'), namespace }, spec });
    const held = await take('killed', 'next');
    expect(held.takenOver).toBe(true);
    await held.release();
  });

  test.each([
    ['hours behind', -9],
    ['hours ahead', 9],
  ])('by a clock that is %s: a live holder keeps it, a dead one does not', async (_, hours) => {
    const clock = { ...systemClock, now: () => Date.now() + hours * 3_600_000 };
    const release = `apart-${hours > 0 ? 'ahead' : 'behind'}`;
    const first = await take(release, 'one', { clock });
    await expect(take(release, 'two', { limitMs: 2 * TIMES.durationMs })).rejects.toMatchObject({ reason: 'locked' });
    expect(first.signal.aborted).toBe(false);
    await first.release();
    const time = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: 'killed', leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
    await kubernetes.patch({ ...LEASE, name: leaseName(release) }, { spec }, { type: 'merge' });
    const next = await take(release, 'two');
    expect(next.takenOver).toBe(true);
    await next.release();
  });

  test('of many who want it at once, one has it at any time', async () => {
    let inside = 0;
    let most = 0;
    const one = async (holder: string) => {
      const held = await take('many', holder, { limitMs: 50_000 });
      inside += 1;
      most = Math.max(most, inside);
      await systemClock.sleep(100);
      inside -= 1;
      await held.release();
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => one(`run-${index}`)));
    expect(most).toBe(1);
  });

  test('lost to someone else: the signal is aborted at once, and it is not given up for them', async () => {
    const held = await take('stolen', 'one');
    const seen = await read('stolen');
    if (!seen) throw new Error('no lease');
    await kubernetes.patch({ ...LEASE, name: leaseName('stolen') }, { spec: { holderIdentity: 'thief' } }, { type: 'merge' });
    await until(() => held.signal.aborted);
    expect(held.signal.reason).toBeInstanceOf(LeaseLostError);
    // Told by the lease itself, not by a renewal that failed for too long.
    expect(held.signal.reason.message).toContain('was taken by');
    await held.release();
    expect((await read('stolen'))?.spec?.holderIdentity).toBe('thief');
  });

  test('deleted by hand: it is lost', async () => {
    const held = await take('deleted', 'one');
    const lost = aborted(held.signal);
    await kubernetes.delete({ ...LEASE, name: leaseName('deleted') });
    expect(await lost).toMatchObject({ reason: 'lease-lost', message: expect.stringContaining('someone who deleted it') });
  });

  test('the post step of a run takes over from its main step, and knows that it was left', async () => {
    const main = await take('own', 'one');
    const post = await take('own', 'one', { limitMs: 0 });
    expect([main.takenOver, post.takenOver, said]).toEqual([false, true, []]);
    // Both are one run, and only one of them writes.
    await expect(main.prove({ anew: true })).rejects.toMatchObject({ reason: 'lease-lost' });
    expect(main.signal.aborted).toBe(true);
    await main.release();
    await post.prove({ anew: true });
    await post.release();
    expect((await read('own'))?.spec?.leaseTransitions).toBe(2);
  });

  test('a machine that slept asks before it writes again: somebody else has it', async () => {
    let slept = 0;
    const clock = { ...systemClock, now: () => Date.now() + slept };
    // No renewal comes by itself.
    const held = await take('slept', 'one', { clock, times: { ...TIMES, renewMs: 60_000 } });
    await held.prove();
    await kubernetes.patch({ ...LEASE, name: leaseName('slept') }, { spec: { holderIdentity: 'thief' } }, { type: 'merge' });
    await held.prove();
    slept = 600_000;
    await expect(held.prove()).rejects.toMatchObject({ reason: 'lease-lost', message: expect.stringContaining('was taken by') });
    await held.release();
  });

  test('cancelled while it waits', async () => {
    const held = await take('cancelled', 'one');
    const cancel = new AbortController();
    const waiting = take('cancelled', 'two', { signal: cancel.signal });
    await systemClock.sleep(500);
    cancel.abort(new CancelledError('Cancelled by SIGINT'));
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled', message: 'Cancelled by SIGINT' });
    await held.release();
  });

  test('released while a renewal is under way: free at once', async () => {
    for (let round = 0; round < 20; round++) {
      const held = await take('hasty', 'one', { times: { ...TIMES, renewMs: 1 } });
      await systemClock.sleep(round);
      await held.release();
      expect((await read('hasty'))?.spec?.holderIdentity).toBeUndefined();
    }
  });

  test('an API server that does not answer any more: the run stops before anyone may take over', async () => {
    const way = await wayToCluster();
    try {
      const held = await take('silent', 'one', { through: way.kubernetes });
      const lost = aborted(held.signal);
      way.block();
      expect(await lost).toMatchObject({ reason: 'lease-lost', message: expect.stringContaining('could not be renewed for 2 s') });
      await expect(take('silent', 'two', { limitMs: 0 })).rejects.toMatchObject({ reason: 'locked' });
    } finally {
      await way.close();
    }
  });
});

/** A client that gets no answer to some of its writes (by number), which arrive. */
function deafTo(...lost: number[]): KubernetesClient {
  let written = 0;
  return new Proxy(kubernetes, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      if (name !== 'create' && name !== 'replace') return call;
      return async (...args: unknown[]) => {
        const answer = await call(...args);
        if (lost.includes(++written)) throw new HttpError('no answer', { status: 0, code: 'ECONNRESET' });
        return answer;
      };
    },
  });
}

test('an answer is lost while it is taken, and while it is given up: it is ours, and then it is free at once', async () => {
  const held = await take('deaf', 'one', { times: { ...TIMES, renewMs: 60_000 }, through: deafTo(1, 3) });
  expect((await read('deaf'))?.spec?.holderIdentity).toBe('one');
  await held.release();
  expect(said).toEqual([]);
  expect((await read('deaf'))?.spec?.holderIdentity).toBeUndefined();
});

test('what a run writes goes through its proof: nothing arrives after the lease is lost', async () => {
  const held = await take('fenced', 'one');
  const own = fenced({ kubernetes, helm: {} as Helm }, () => held.prove());
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fenced', namespace } };
  await own.kubernetes.create(object);
  await kubernetes.patch({ ...LEASE, name: leaseName('fenced') }, { spec: { holderIdentity: 'thief' } }, { type: 'merge' });
  await until(() => held.signal.aborted);
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'fenced' };
  await expect(own.kubernetes.delete(ref)).rejects.toBeInstanceOf(LeaseLostError);
  expect(await own.kubernetes.get(ref)).toBeDefined();
  await held.release();
});

test('a journal that is deleted in the middle of a run is written anew; not by one that has lost its lease', async () => {
  const held = await take('dropped', 'one');
  const store = await JournalStore.open(kubernetes, 'dropped', () => held.prove({ anew: true }));
  await store.update((journal) => begin(journal, BEGINNING));
  const drop = () => kubernetes.delete({ ...SECRET, name: journalName('dropped') });
  await drop();
  await store.update((journal) => enter(journal, 'color'));
  expect((await JournalStore.open(kubernetes, 'dropped')).journal.inFlight?.phase).toBe('color');
  await drop();
  await kubernetes.patch({ ...LEASE, name: leaseName('dropped') }, { spec: { holderIdentity: 'thief' } }, { type: 'merge' });
  await expect(store.update((journal) => enter(journal, 'ready'))).rejects.toBeInstanceOf(LeaseLostError);
  expect((await JournalStore.open(kubernetes, 'dropped')).exists).toBe(false);
  await held.release();
});

const BEGINNING = {
  holder: 'one',
  runUrl: '',
  actor: 'ada',
  startedAt: '2026-01-01T00:00:00Z',
  version: 'v1',
  color: 'blue' as const,
  keepOld: 'zero' as const,
  partHash: 'p',
  baseHash: 'b',
};

test('a run that lost its lease without knowing cannot write the journal', async () => {
  const one = await JournalStore.open(kubernetes, 'torn');
  await one.update((journal) => begin(journal, BEGINNING));
  const other = await JournalStore.open(kubernetes, 'torn');
  await other.update((journal) => enter(journal, 'color'));
  await expect(one.update((journal) => enter(journal, 'take-back'))).rejects.toBeInstanceOf(LeaseLostError);
  expect((await JournalStore.open(kubernetes, 'torn')).journal.inFlight?.phase).toBe('color');
});
