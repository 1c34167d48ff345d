import fc from 'fast-check';
import { type History, histories } from './history.ts';
import { play } from './play.ts';

/** Thrown for a history that went wrong: its story, and what should not have been. */
class WrongHistory extends Error {}

/**
 * Whatever happens to an app, users are on a version that passed, and after one more run journal, releases and live objects agree.
 * `frozen`: who changes what the API gave is caught.
 */
const property = (frozen: boolean) =>
  fc.asyncProperty(histories(), async (history: History) => {
    const { story, wrong } = await play(history, { frozen });
    if (wrong.length > 0) throw new WrongHistory(`${story.join('\n')}\n- ${[...new Set(wrong)].join('\n- ')}\n`);
  });

/** So long a chunk may take, and the search for a shorter one with it. */
const LIMIT_MS = 240_000;

export interface Tried {
  seed: number;
  runs: number;
}

/** Plays so many histories that follow from a seed; returns the shortest one that went wrong, with what plays it again. */
export async function tryHistories({ seed, runs }: Tried, { frozen = false, path = '' } = {}): Promise<string | undefined> {
  const again = { path, endOnFailure: true };
  const found = await fc.check(property(frozen), { seed, numRuns: runs, interruptAfterTimeLimit: LIMIT_MS, ...(path !== '' && again) });
  if (!found.failed) {
    // A machine that is too slow is no proof.
    return found.interrupted
      ? `Only ${found.numRuns} of ${runs} histories of seed ${seed} were played within ${LIMIT_MS / 1_000} s`
      : undefined;
  }
  const error = found.errorInstance instanceof WrongHistory ? found.errorInstance.message : String((found.errorInstance as Error)?.stack);
  return `${error}\nPlay it again: HISTORIES_SEED=${found.seed} HISTORIES_PATH=${found.counterexamplePath} node test/histories/proof.ts`;
}
