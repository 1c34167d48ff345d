import { messageOf } from './errors.ts';

const started = Date.now();

/** Seconds since this command began, `  3.1s`. */
function elapsed(): string {
  return `${((Date.now() - started) / 1000).toFixed(1).padStart(6)}s`;
}

/** One line of progress; to standard error, so that `env` keeps standard output for its JSON. */
export function say(text: string): void {
  process.stderr.write(`${elapsed()}  ${text}\n`);
}

/** Runs one step, with a line at its start and one with its time at its end. A failure is reported at once: other steps may run for minutes. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const took = () => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
  say(`${name} …`);
  try {
    const result = await work();
    say(`${name}: done in ${took()}`);
    return result;
  } catch (error) {
    say(`${name}: failed after ${took()}: ${messageOf(error).split('\n')[0]}`);
    throw error;
  }
}
