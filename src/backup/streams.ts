import type { Duplex } from 'node:stream';

/**
 * Runs programs that are joined by streams. Where one fails, the streams are broken, so that no other waits for it; all have ended when it
 * rejects, with what failed first.
 */
export async function together(streams: readonly Duplex[], work: readonly Promise<unknown>[]): Promise<void> {
  let first: { error: unknown } | undefined;
  const watched = work.map((each) =>
    each.catch((error: unknown) => {
      first ??= { error };
      for (const stream of streams) stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }),
  );
  await Promise.all(watched);
  if (first) throw first.error;
}

/** Waits for all, and throws the first error: nothing goes on in the background. */
export async function settled<T extends readonly unknown[]>(work: readonly [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}
