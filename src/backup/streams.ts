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
export async function all<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
