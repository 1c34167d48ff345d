import type { PartChart } from '../../interfaces/helm.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import type { CheckResult } from '../../smoke/model.ts';
import type { Color, Finding, SplitResult } from '../../split/model.ts';
import type { Evidence } from '../diagnosis/failure.ts';
import type { JournalStore } from '../state/journal-store.ts';
import type { BackupBefore, Deployed, Rollback } from '../state/model.ts';
import type { PlainApp } from '../state/plain.ts';
import type { PhaseName } from '../state/timeline.ts';
import type { Exposure } from './exposure.ts';
import type { Collaborators, DeployOptions, RunOptions } from './options.ts';

/** A deploy or a rollback at work: its collaborators, what the user wants, the journal, and what is to be reported. */
export interface Run extends Collaborators {
  readonly options: RunOptions;
  readonly journal: JournalStore;
  /** Aborted when the run is cancelled or the lease is lost. */
  readonly signal: AbortSignal;
  /** Aborted when the lease is lost, whatever else ends the run: what puts users back goes on where a run is cancelled. */
  readonly held?: AbortSignal | undefined;
  readonly report: Recorder;
}

/** What acting on an app needs, whoever acts: the run itself, or one that heals what another left. */
export interface AppContext extends Pick<Run, 'kubernetes' | 'helm' | 'clock' | 'log' | 'journal' | 'report' | 'held'> {
  readonly options: Pick<RunOptions, 'release' | 'timeoutMs'>;
}

/** A run that brings a chart. */
export interface DeployRun extends Run {
  readonly options: DeployOptions;
}

/** What the preflight found out: everything that the steps act on. */
export interface Plan {
  /** The user's own values: Helm records them with each release. */
  values: Record<string, unknown>;
  /** Without host aliases until the plan has its place: color Services have no addresses before. */
  split: SplitResult;
  /** The same version as the part of `color`, with the ClusterIP of each of that color's Services by stable Service. */
  splitFor(color: Color, addresses: Readonly<Record<string, string>>): SplitResult;
  /** Whether the base changes with this version: not at all, before the color comes up, or when the version already serves. */
  base: 'same' | 'first' | 'last';
  /** The color to bring up. */
  color: Color;
  /** The color that serves now; undefined on a first deploy. */
  active: Color | undefined;
  /** What the journal says about the version that serves. */
  serving: Deployed | undefined;
  firstDeploy: boolean;
  /** Set where this run takes an app over that plain Helm ran: then no color is active. */
  plain?: { app: PlainApp; before: PartChart; claim?: PartChart | undefined } | undefined;
  /** The color runs this version already: nothing is applied to it. Its Helm revision. */
  warm?: { revision: number } | undefined;
  /** Set where this run is a rollback. */
  rollback?: Rollback | undefined;
  /** What this run has taken before it touched anything. */
  backup?: BackupBefore | undefined;
  /** Nothing is left of the color that served: nobody has to be protected, and there is nothing to go back to. */
  unserved?: boolean | undefined;
  /** What of an unchanged base is not in the cluster as it was applied, a line each: it is applied again. */
  baseDrift?: readonly string[] | undefined;
  /** Helm's words where it could not render the chart with the cluster, which does not know all of its kinds yet. */
  apart?: string | undefined;
  /** The template that makes an object, and the line in it; absent where no chart was rendered. */
  where?: ((kind: string, name: string, field?: string) => string | undefined) | undefined;
}

export interface StepRecord {
  name: PhaseName;
  title: string;
  startedAt: number;
  endedAt?: number | undefined;
  result: 'ok' | 'failed' | 'skipped' | 'running';
  note?: string | undefined;
}

/** Collects what the summary and the report file show. */
export class Recorder {
  readonly steps: StepRecord[] = [];
  readonly checks: CheckResult[] = [];
  readonly warnings: Finding[] = [];
  /** Workloads that are updated in place, with the reason. */
  readonly inPlace: Finding[] = [];
  /** What a preview has otherwise than its chart says. */
  readonly adapted: Finding[] = [];
  /** Remarks as text, e.g. what could not be proved. */
  readonly notes: string[] = [];
  switchMs: number | undefined;
  switchBackMs: number | undefined;
  /** How long it took from the failure of what is in place until the version before was ready again. */
  backMs: number | undefined;
  url: string | undefined;
  /** Who was led to the version, while the run acts. */
  exposure: Exposure | undefined;
  failure:
    | { reason: Reason; message: string; hint?: string | undefined; evidence: readonly Evidence[]; step: PhaseName | undefined }
    | undefined;
}
