import type { Duplex } from 'node:stream';
import { DeployError, TimeoutError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { JobTools } from './run-job.ts';

const TRIES = 3;
/** Of a line; each of a few records has one MiB at most. */
const LARGEST = 32 * 1024 * 1024;
const ANSWER_MS = 60_000;
const LINE_BREAK = 0x0a;

type Tools = Pick<JobTools, 'clock' | 'signal' | 'log'>;

/** A connection through the API server may break at any time. */
export async function severalTries<T>(what: string, { signal, log }: Tools, body: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await body();
    } catch (error) {
      signal.throwIfAborted();
      if (tries >= TRIES) throw error;
      log.info(`${what} did not come whole (${messageOf(error)}): once more`);
    }
  }
}

/** The one line that comes, with its end where it has one; then the connection is over. Errors: `TimeoutError`, `backup-damaged`. */
export async function readLine(stream: Duplex, what: string, { clock, signal }: Tools): Promise<string> {
  const stop = new AbortController();
  const late = clock.sleep(ANSWER_MS, AbortSignal.any([signal, stop.signal])).then(
    () => stream.destroy(new TimeoutError(what, ANSWER_MS)),
    () => undefined,
  );
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LARGEST) throw new DeployError('backup-damaged', `${what} has more than ${LARGEST} bytes`);
      chunks.push(chunk);
      // Its only line break ends it: whoever is between may keep the connection.
      if (chunk.at(-1) === LINE_BREAK) break;
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    stop.abort();
    stream.destroy();
    await late;
  }
}
