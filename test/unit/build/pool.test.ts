import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { lanes, pool } from '../../../src/build/pool.ts';

describe('a pool', () => {
  test('never runs more than its limit, and keeps the order', async () => {
    let running = 0;
    let most = 0;
    const results = await pool([5, 1, 3, 0, 2], 2, undefined, async (ms) => {
      most = Math.max(most, ++running);
      await delay(ms * 5);
      running--;
      return ms;
    });
    expect([results, most]).toEqual([[5, 1, 3, 0, 2], 2]);
  });

  test('the first failure stops the others, which end before it is thrown', async () => {
    const ended: string[] = [];
    const run = pool(['long', 'bad', 'never'], 2, undefined, async (item, signal) => {
      if (item === 'bad') throw new Error('bad');
      await delay(10_000, undefined, { signal }).catch(() => ended.push(item));
    });
    await expect(run).rejects.toThrow('bad');
    expect(ended).toEqual(['long']);
  });

  test('a cancelled run rejects with the reason', async () => {
    const controller = new AbortController();
    const run = pool([1, 2], 1, controller.signal, async (_, signal) => {
      controller.abort(new Error('cancelled'));
      signal.throwIfAborted();
    });
    await expect(run).rejects.toThrow('cancelled');
  });
});

describe('lanes', () => {
  test('hold a limit over callers that know nothing of each other, in their order', async () => {
    const two = lanes(2);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const run = (item: number): Promise<void> =>
      two(async () => {
        order.push(item);
        most = Math.max(most, ++running);
        await delay(2);
        running--;
      });
    await Promise.all([0, 1, 2, 3, 4].map(run));
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]]);
  });

  test('are free again after a failure', async () => {
    const one = lanes(1);
    await expect(one(() => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
    await expect(one(async () => 'next')).resolves.toBe('next');
  });
});
