/**
 * Plays many histories of an app, in as many processes as there are processors. HISTORIES is how many (100,000), HISTORIES_SEED where they
 * begin; with HISTORIES_PATH one is played again. One that went wrong does not end the others of other chunks: each is told as it is found.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { type Tried, tryHistories } from './play/property.ts';

const CHUNK = 250;
/** From there on it is one fault that many meet. */
const ENOUGH = 5;
const WORKER = 'worker';

// Nobody reads the stacks of what is thrown on purpose.
Error.stackTraceLimit = 3;

if (process.argv[2] === WORKER) {
  process.on('message', async (tried: Tried) => {
    process.send?.((await tryHistories(tried)) ?? '');
  });
} else {
  const seed = Number(process.env.HISTORIES_SEED ?? 1);
  const path = process.env.HISTORIES_PATH ?? '';
  if (path === '') {
    process.exitCode = (await playAll(seed, Number(process.env.HISTORIES ?? 100_000))) === 0 ? 0 : 1;
  } else {
    const wrong = await tryHistories({ seed, runs: 1 }, { path });
    if (wrong !== undefined) console.error(wrong);
    process.exitCode = wrong === undefined ? 0 : 1;
  }
}

/** Returns how many chunks had a history that went wrong; each is told. */
async function playAll(seed: number, count: number): Promise<number> {
  const started = performance.now();
  const chunks = Array.from(
    { length: Math.ceil(count / CHUNK) },
    (_, index): Tried => ({
      seed: seed + index,
      runs: Math.min(CHUNK, count - index * CHUNK),
    }),
  );
  let played = 0;
  let wrong = 0;
  const work = async () => {
    const child = fork(new URL(import.meta.url), [WORKER]);
    const ended = once(child, 'exit');
    for (let chunk = chunks.shift(); chunk && wrong < ENOUGH; chunk = chunks.shift()) {
      const { seed } = chunk;
      const answered = once(child, 'message').then(([answer]) => String(answer));
      const gone = ended.then(([code]) => `A process ended with exit code ${code}, at seed ${seed}`);
      child.send(chunk);
      const answer = await Promise.race([answered, gone]);
      if (answer !== '') {
        wrong += 1;
        console.error(answer);
        if (child.exitCode !== null || child.signalCode !== null) break;
      }
      played += chunk.runs;
      const seconds = (performance.now() - started) / 1000;
      console.log(`${played} histories, ${wrong} wrong, in ${seconds.toFixed(0)} s (${((seconds * 1000) / played).toFixed(1)} ms each)`);
    }
    child.kill();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return wrong;
}
