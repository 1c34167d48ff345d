import type { CheckResult, SmokeCheck, SmokeTarget } from '../../../smoke/model.ts';
import { checkFailure, userFacingChecks } from '../checks.ts';
import { failuresIn, VOTES, Votes } from './votes.ts';
import { type Baking, isOver, sinceText, type Watcher } from './watcher.ts';

/** Between two answers of a check, and while a failed one is being voted on. */
const INTERVAL_MS = 2_000;
const VOTE_INTERVAL_MS = 500;
const LIMIT_MS = 60_000;

/** Every check through the front door, again and again, at least once; what fails is put to the vote of the last answers. */
export const answers: Watcher = async (baking) => {
  const { checks, targetsFor } = userFacingChecks(baking.run, baking.door, baking.split, baking.plan.color);
  if (checks.length === 0) return 'no checks configured';
  const rounds = await Promise.all(checks.map((check) => ask(baking, check, targetsFor)));
  return `${Math.min(...rounds.map(({ count }) => count))} rounds of checks passed${lostAnswers(rounds)}`;
};

interface Asked {
  count: number;
  lost: number;
}

const lostAnswers = (rounds: readonly Asked[]): string => {
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
  return lost === 0 ? '' : ` (${lost} failed answers did not recur)`;
};

/** Asks one check until the end. A vote that is open then is held, too, but not the next one: an answer in ten may always fail. */
async function ask(baking: Baking, check: SmokeCheck, targetsFor: (check: SmokeCheck) => Promise<SmokeTarget[]>): Promise<Asked> {
  const { run, endsAt, signal } = baking;
  const votes = new Votes();
  let lost = 0;
  let late = 0;
  for (let count = 1; ; count++) {
    const round = await run.runChecks({
      checks: [check],
      targetsFor,
      retries: 0,
      intervalMs: VOTE_INTERVAL_MS,
      timeoutMs: LIMIT_MS,
      signal,
      quiet: count > 1 || undefined,
    });
    run.report.checks.push(...round);
    lost += round.filter((result) => !result.passed).length;
    const failed = votes.count(round);
    if (failed) throw votedDown(failed, votes.of(failed.target), sinceText(baking.split));
    const now = run.clock.now();
    if (isOver(baking, now) && (!votes.open || ++late >= VOTES)) return { count, lost };
    const left = endsAt > now ? endsAt - now : INTERVAL_MS;
    await run.clock.sleep(votes.open ? VOTE_INTERVAL_MS : Math.min(left, INTERVAL_MS), signal);
  }
}

const votedDown = (failed: CheckResult, last: readonly boolean[], since: string) =>
  checkFailure([failed], since, `${failuresIn(last)} of its last ${last.length} answers failed`);
