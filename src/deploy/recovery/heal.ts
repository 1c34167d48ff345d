import type { Color } from '../../split/model.ts';
import { healLeaving, leavesToPlain } from '../adoption/heal-leaving.ts';
import { moveWorkers } from '../color/workers.ts';
import type { AppContext } from '../run/run.ts';
import { type Healing, healing } from '../state/healing.ts';
import { keep } from '../state/journal.ts';
import type { InFlight } from '../state/model.ts';
import { completeSwitch } from '../traffic/selectors.ts';
import { bringBack, waitForPods } from './bring-back.ts';
import { clearStuck } from './clear-stuck.ts';
import { followHand } from './follow.ts';
import { serviceMaker } from './made-again.ts';
import { readFacts } from './read-facts.ts';
import { rebuildJournal } from './rebuild-journal.ts';
import { Records } from './records.ts';
import { forgetRenumbered } from './renumbered.ts';
import { repair } from './repair.ts';
import { tidyUp } from './tidy-up.ts';
import { switchBack, takeBack } from './undo.ts';

/** Finishes or reverts what a killed run left, and repairs what was changed by hand. Returns what was done, as text; undefined: nothing. */
export async function heal(run: AppContext): Promise<string | undefined> {
  const rebuilt = run.journal.exists ? undefined : await rebuildJournal(run);
  await clearStuck(run);
  await forgetRenumbered(run);
  const { inFlight } = run.journal.journal;
  const done = inFlight ? [await healInFlight(run, inFlight)] : [];
  const results = [...(rebuilt ? [rebuilt] : []), ...done, ...(await repair(run))];
  for (const text of results) {
    run.log.warning(text);
    run.report.notes.push(text);
  }
  return results.length > 0 ? results.join('; ') : undefined;
}

async function healInFlight(run: AppContext, inFlight: InFlight): Promise<string> {
  const failure = failureOf(run, inFlight);
  if (leavesToPlain(inFlight)) return healLeaving(run, inFlight, failure);
  const remedy = await decide(run, inFlight);
  const subject = `the deploy of ${inFlight.version} that ended in "${inFlight.phase}" (${inFlight.runUrl || inFlight.holder})`;
  switch (remedy.kind) {
    case 'finish':
      await tidyUp(run, inFlight);
      return `Finished ${subject}`;
    case 'follow':
      return followHand(run, remedy.color, partHashOf(run, remedy.color));
    case 'keep':
      await keepNewColor(run, inFlight);
      return `Kept the color ${inFlight.color}, which had passed its checks, of ${subject}`;
    case 'switch-back':
      await switchBack(run, inFlight, { unproved: true });
      // What is not ready again is said by then, and is no wall for the version that this run brings.
      await takeBack(run, inFlight, failure);
      return `Switched back to ${remedy.to ?? 'nothing'}: reverted ${subject}`;
    case 'take-back':
      await takeBack(run, inFlight, failure);
      return `Reverted ${subject}`;
  }
}

const failureOf = (run: AppContext, { version, phase, runUrl }: InFlight) => ({
  version,
  at: new Date(run.clock.now()).toISOString(),
  reason: 'cancelled',
  cause: `ended in ${phase}`,
  runUrl,
});

/** What served before is given its time, or what it takes to serve again, before anything else is decided. */
async function decide(run: AppContext, inFlight: InFlight): Promise<Healing> {
  const { journal } = run.journal;
  const remedyOf = async (tried: boolean) => healing(journal, { ...(await readFacts(run, inFlight)), tried }) ?? never();
  const remedy = await remedyOf(false);
  if (remedy.kind !== 'switch-back' || !remedy.first) return remedy;
  const { to, first: how } = remedy;
  if (to === 'plain') await waitForPods(run, inFlight);
  else if (to) await bringBack(run, { color: to, entry: journal.history.find(({ color }) => color === to), how }, new Records(run));
  return remedyOf(true);
}

const never = (): never => {
  throw new Error('Nothing is in flight');
};

const partHashOf = ({ journal }: AppContext, color: Color): string | undefined =>
  journal.journal.history.find((entry) => entry.color === color)?.partHash;

/** The new color passed its checks and nothing else can serve: users stay on, or go to, the new one, and the rest is as after any deploy. */
async function keepNewColor(run: AppContext, inFlight: InFlight): Promise<void> {
  await completeSwitch(inFlight.services, { ...run, make: serviceMaker(run, new Records(run)), evenLost: true });
  await moveWorkers(run, inFlight.previousColor, inFlight.color);
  const at = new Date(run.clock.now()).toISOString();
  await run.journal.update((journal) => keep(journal, at));
  await tidyUp(run, inFlight);
}
