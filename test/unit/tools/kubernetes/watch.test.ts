import { describe, expect, test } from '@jest/globals';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject, WatchEvent } from '../../../../src/interfaces/kubernetes.ts';
import { groupPath, resourcePath } from '../../../../src/tools/kubernetes/discovery.ts';
import { watch } from '../../../../src/tools/kubernetes/watch.ts';
import { backoff, isPassing, RetryAfterError, withRetries } from '../../../../src/tools/retry.ts';

const object = (name: string, version: number, uid = `uid-${name}`): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid, resourceVersion: String(version) },
});
const line = (type: string, value: object): Buffer => Buffer.from(`${JSON.stringify({ type, object: value })}\n`);
const gone = { code: 410, message: 'too old' };

/** Follows a source whose lists and streams are written down, until `count` events have come. */
async function follow(
  lists: KubernetesObject[][],
  streams: (Buffer[] | Error)[],
  count: number,
): Promise<{ events: string[]; opened: string[] }> {
  const opened: string[] = [];
  const stop = new AbortController();
  const source = {
    list: async () => ({ items: lists.shift() ?? [], resourceVersion: `list-${lists.length}` }),
    open: async (query: Record<string, string | number | boolean>) => {
      opened.push(String(query.resourceVersion));
      const next = streams.shift() ?? [];
      if (next instanceof Error) throw next;
      return (async function* () {
        yield* next;
      })();
    },
  };
  const events: string[] = [];
  const note = ({ type, object: { metadata } }: WatchEvent) => events.push(`${type} ${metadata.name} ${metadata.resourceVersion}`);
  for await (const event of watch(source, stop.signal)) {
    note(event);
    if (events.length >= count) stop.abort();
  }
  return { events, opened };
}

describe('a watch', () => {
  test('goes on from the last version after the stream has ended, bookmarks included', async () => {
    const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const streams = [
      [line('MODIFIED', object('a', 2)), line('BOOKMARK', { metadata: { resourceVersion: '9' } })],
      broken,
      [line('DELETED', object('a', 10))],
    ];
    const { events, opened } = await follow([[object('a', 1)]], streams, 3);
    expect(events).toEqual(['ADDED a 1', 'MODIFIED a 2', 'DELETED a 10']);
    expect(opened).toEqual(['list-0', '9', '9']);
  });

  test('lists anew when it is too old, and tells the difference only', async () => {
    const lists = [
      [object('same', 1), object('changed', 1), object('gone', 1), object('reborn', 1)],
      [object('same', 1), object('changed', 5), object('new', 6), object('reborn', 7, 'another')],
    ];
    const { events, opened } = await follow(lists, [[line('ERROR', gone)]], 9);
    expect(events.slice(4)).toEqual(['DELETED gone 1', 'DELETED reborn 1', 'MODIFIED changed 5', 'ADDED new 6', 'ADDED reborn 7']);
    expect(opened).toEqual(['list-1']);
  });

  test('a line may come in pieces', async () => {
    const whole = line('ADDED', object('ä', 3));
    const { events } = await follow([[]], [[...whole].map((byte) => Buffer.of(byte))], 1);
    expect(events).toEqual(['ADDED ä 3']);
  });

  test('what another attempt would not change is thrown', async () => {
    const forbidden = new HttpError('no', { status: 403, code: 'Forbidden' });
    await expect(follow([[]], [forbidden], 1)).rejects.toBe(forbidden);
    await expect(follow([[]], [[line('ERROR', { code: 403, message: 'no' })]], 1)).rejects.toMatchObject({ status: 403 });
  });
});

describe('repeating', () => {
  test.each([
    [429, undefined, true, true],
    [503, undefined, true, false],
    [0, 'Refused', true, true],
    [0, 'Reset', true, false],
    [0, 'Tls', false, false],
    [404, undefined, false, false],
    [409, undefined, false, false],
  ])('%d %s', (status, code, safe, unsent) => {
    const error = new HttpError('x', { status, code });
    expect([isPassing(error, 'safe'), isPassing(error, 'unsent')]).toEqual([safe, unsent]);
  });

  test('waits grow, are never all the same, and end', () => {
    expect([1, 2, 3, 20].map((attempt) => backoff(attempt, () => 1))).toEqual([200, 400, 800, 5000]);
    expect(backoff(1, () => 0)).toBe(100);
  });

  test('what the server asks for is waited for', async () => {
    let calls = 0;
    const started = Date.now();
    const answer = await withRetries('unsent', async () => {
      calls += 1;
      if (calls === 1) throw new RetryAfterError('slow down', { status: 429, retryAfterMs: 400 });
      return 'done';
    });
    expect([answer, calls]).toEqual(['done', 2]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(390);
  });
});

describe('paths', () => {
  const deployments = { plural: 'deployments', namespaced: true, verbs: [] };
  test.each([
    [groupPath('v1'), '/api/v1'],
    [groupPath('apps/v1'), '/apis/apps/v1'],
    [
      resourcePath('apps/v1', deployments, { namespace: 'a', name: 'b', subresource: 'scale', query: { force: true, x: undefined } }),
      '/apis/apps/v1/namespaces/a/deployments/b/scale?force=true',
    ],
    [resourcePath('v1', { plural: 'nodes', namespaced: false, verbs: [] }, { namespace: 'a', name: 'n' }), '/api/v1/nodes/n'],
    [resourcePath('apps/v1', deployments, { namespace: 'a/../b', name: 'x?y' }), '/apis/apps/v1/namespaces/a%2F..%2Fb/deployments/x%3Fy'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });
});
