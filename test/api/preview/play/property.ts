import fc from 'fast-check';
import { GitHubStandIn } from '../../../support/github/server.ts';
import { type History, histories } from './history.ts';
import { play, type World } from './play.ts';

/** Thrown for a history that went wrong: its story, and what should not have been. */
class WrongHistory extends Error {}

export interface Tried {
  seed: number;
  runs: number;
  /** Of one that is played again. */
  path?: string | undefined;
}

/** Plays so many histories, one after the other, that follow from a seed; returns the first that went wrong, with what plays it again. */
export async function tryHistories({ seed, runs, path }: Tried, world: Omit<World, 'standIn'>): Promise<string | undefined> {
  const standIn = await GitHubStandIn.start();
  try {
    const property = fc.asyncProperty(histories(), async (history: History) => {
      const { story, wrong } = await play(history, { ...world, standIn });
      if (process.env.PREVIEW_STORIES) process.stderr.write(`${JSON.stringify(history.settings)}\n  ${story.join('\n  ')}\n`);
      if (wrong.length > 0)
        throw new WrongHistory(`${JSON.stringify(history.settings)}\n${story.join('\n')}\n- ${[...new Set(wrong)].join('\n- ')}`);
    });
    const found = await fc.check(property, { seed, numRuns: runs, endOnFailure: true, ...(path && { path }) });
    if (!found.failed) return undefined;
    const { errorInstance: error } = found;
    const told = error instanceof WrongHistory ? error.message : String((error as Error)?.stack);
    return `${told}\nPlay it again: PREVIEW_HISTORIES_SEED=${found.seed} PREVIEW_HISTORIES_PATH=${found.counterexamplePath}`;
  } finally {
    standIn.close();
  }
}
