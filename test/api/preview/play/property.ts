import fc from 'fast-check';
import { type History, histories } from './history.ts';
import { play } from './play.ts';
import type { World } from './stage.ts';

/** Thrown for a history that went wrong: its story, and what should not have been. */
class WrongHistory extends Error {}

export interface Tried {
  seed: number;
  runs: number;
  /** Of one that is played again. */
  path?: string | undefined;
}

/** Plays so many histories, one after the other, that follow from a seed; returns the first that went wrong, with what plays it again. */
export async function tryHistories({ seed, runs, path }: Tried, world: World): Promise<string | undefined> {
  const property = fc.asyncProperty(histories(), async (history: History) => {
    const { story, wrong } = await play(history, world);
    if (process.env.PREVIEW_STORIES) process.stderr.write(`${JSON.stringify(history.settings)}\n  ${story.join('\n  ')}\n`);
    if (wrong.length > 0)
      throw new WrongHistory(`${JSON.stringify(history.settings)}\n${story.join('\n')}\n- ${[...new Set(wrong)].join('\n- ')}`);
  });
  const found = await fc.check(property, { seed, numRuns: runs, unbiased: true, endOnFailure: true, ...(path && { path }) });
  if (!found.failed) return undefined;
  const { errorInstance: error } = found;
  const told = error instanceof WrongHistory ? error.message : String((error as Error)?.stack);
  return `${told}\nPlay it again: PREVIEW_HISTORIES_SEED=${found.seed} PREVIEW_HISTORIES_PATH=${found.counterexamplePath}`;
}
