import { LeaseLostError } from '../../interfaces/errors.ts';
import { enter, JournalError } from '../state/journal.ts';
import type { Journal } from '../state/model.ts';
import type { Phase, PhaseName } from '../state/timeline.ts';
import type { Run, StepRecord } from './run.ts';

type Shows = Pick<Run, 'log' | 'clock' | 'report'>;
type Body<T> = (record: StepRecord) => Promise<T>;
type Transition = (journal: Journal) => Journal;

/** A phase that only looks, or waits for its turn: a group in the log, a row in the summary. */
export const step = <T>(run: Shows, name: Exclude<PhaseName, Phase>, title: string, body: Body<T>): Promise<T> =>
  show(run, name, title, body);

interface Recording {
  /** Reads what the journal has to hold for another run to undo the phase; returns the transition. Without it the name is enough. */
  entry?: (() => Promise<Transition>) | undefined;
  /** Acts first where the journal cannot be written: for what users need at once, and what is healed from the phase before in the same way. */
  evenUnrecorded?: boolean | undefined;
}

/**
 * A phase that acts: the journal names it before `body` begins, at the moment log and summary show it. Errors: `JournalError` where
 * the timeline forbids it, `LeaseLostError`, and those of `entry` and `body`.
 */
export function phase<T>(
  run: Shows & Pick<Run, 'journal'>,
  name: Phase,
  title: string,
  body: Body<T>,
  { entry = async () => (journal) => enter(journal, name), evenUnrecorded = false }: Recording = {},
): Promise<T> {
  const enterIt = async () => run.journal.update(into(name, await entry()));
  return show(run, name, title, async (record) => {
    let recorded = true;
    try {
      await enterIt();
    } catch (error) {
      if (!evenUnrecorded || error instanceof LeaseLostError || error instanceof JournalError) throw error;
      run.log.warning(`The journal could not be written: ${error instanceof Error ? error.message : error}`);
      recorded = false;
    }
    const result = await body(record);
    // What follows may only be entered from here.
    if (!recorded) await enterIt();
    return result;
  });
}

/** The transition must lead to the phase that is shown. */
const into =
  (name: Phase, transition: Transition): Transition =>
  (journal) => {
    const next = transition(journal);
    if (next.inFlight?.phase !== name) throw new JournalError(`The phase ${name} is entered as ${next.inFlight?.phase ?? 'nothing'}`);
    return next;
  };

async function show<T>(run: Shows, name: PhaseName, title: string, body: Body<T>): Promise<T> {
  const record: StepRecord = { name, title, startedAt: run.clock.now(), result: 'running' };
  run.report.steps.push(record);
  try {
    const result = await run.log.group(title, () => body(record));
    if (record.result === 'running') record.result = 'ok';
    return result;
  } catch (error) {
    record.result = 'failed';
    throw error;
  } finally {
    record.endedAt = run.clock.now();
  }
}
