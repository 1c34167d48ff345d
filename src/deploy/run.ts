import type { HelmRender } from '../interfaces/helm.ts';
import type { CheckResult } from '../smoke/model.ts';
import type { Evidence, FailureReason } from './failure.ts';
import type { Deployed } from './journal.ts';
import type { JournalStore } from './journal-store.ts';
import type { Color, Finding, SplitResult } from './model.ts';
import type { Collaborators, DeployOptions } from './options.ts';

/** A deploy at work: its collaborators, what the user wants, the journal, and what is to be reported. */
export interface Run extends Collaborators {
  readonly options: DeployOptions;
  readonly journal: JournalStore;
  /** Aborted when the run is cancelled or the lease is lost. */
  readonly signal: AbortSignal;
  readonly report: Recorder;
}

/** What the preflight found out: everything that the steps act on. */
export interface Plan {
  render: HelmRender;
  /** Without host aliases until the plan has its place: color Services have no addresses before. */
  split: SplitResult;
  /** The color to bring up. */
  color: Color;
  /** The color that serves now; undefined on a first deploy. */
  active: Color | undefined;
  /** What the journal says about the version that serves. */
  serving: Deployed | undefined;
  firstDeploy: boolean;
}

export type StepName =
  | 'lock'
  | 'heal'
  | 'preflight'
  | 'base'
  | 'color'
  | 'ready'
  | 'smoke'
  | 'switch'
  | 'bake'
  | 'finish'
  | 'switch back'
  | 'take back';

export interface StepRecord {
  name: StepName;
  title: string;
  startedAt: number;
  endedAt?: number;
  result: 'ok' | 'failed' | 'skipped' | 'running';
  note?: string | undefined;
}

/** Collects what the summary and the report file show. */
export class Recorder {
  readonly steps: StepRecord[] = [];
  readonly checks: CheckResult[] = [];
  readonly warnings: Finding[] = [];
  /** Things said in plain words, e.g. what could not be proved. */
  readonly notes: string[] = [];
  switchMs: number | undefined;
  switchBackMs: number | undefined;
  url: string | undefined;
  failure: { reason: FailureReason; message: string; hint?: string; evidence: readonly Evidence[]; step: StepName | undefined } | undefined;
}

/** Runs one step: a group in the log, a row in the summary. */
export async function step<T>(
  run: Pick<Run, 'log' | 'clock' | 'report' | 'signal'>,
  name: StepName,
  title: string,
  body: (record: StepRecord) => Promise<T>,
): Promise<T> {
  const record: StepRecord = { name, title, startedAt: run.clock.now(), result: 'running' };
  run.report.steps.push(record);
  try {
    const answer = await run.log.group(title, () => body(record));
    if (record.result === 'running') record.result = 'ok';
    return answer;
  } catch (error) {
    record.result = 'failed';
    throw error;
  } finally {
    record.endedAt = run.clock.now();
  }
}
