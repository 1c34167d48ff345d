import pMap from 'p-map';

/**
 * Runs `body` for every item, at most `limit` at a time, results in the items' order. The first failure aborts the signal that the others got;
 * it is thrown when all of them have ended.
 */
export async function pool<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  body: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController();
  const combined = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const run = async (item: T): Promise<R> => {
    try {
      combined.throwIfAborted();
      return await body(item, combined);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  // With p-map's own signal nobody would wait for those that are still running.
  const results = await pMap(items, run, { concurrency: limit, stopOnError: false }).catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : stop.signal.aborted ? stop.signal.reason : error;
  });
  signal?.throwIfAborted();
  return results;
}

/** At most `limit` bodies at a time, in the order in which they came, wherever they are called from. */
export function lanes(limit: number): <T>(body: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (body) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await body();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
