import type { Reason } from '../../interfaces/reasons.ts';
import type { Color, Finding, SplitResult } from '../../split/model.ts';
import type { StepFailure } from '../diagnosis/failure.ts';
import type { ObjectChange } from '../kube/diff.ts';
import { activeOf, isGone, stableServices } from '../kube/live.ts';
import { SERVICE } from '../kube/names.ts';
import { servingIn } from '../state/journal.ts';
import { JournalStore } from '../state/journal-store.ts';
import type { Rollback } from '../state/model.ts';
import type { Seen } from './exposure.ts';
import { isInPlace } from './in-place.ts';
import type { Plan, Recorder, Run } from './run.ts';

/** What a deploy would do. */
export interface DryRun {
  version: string;
  color: Color;
  active: Color | undefined;
  verdict: 'deploy' | 'unchanged' | 'superseded';
  base: string[];
  colored: string[];
  hooks: { part: string; event: string; object: string }[];
  services: { name: string; from: Color | undefined; to: Color }[];
  /** Workloads that are updated in place, with the reason and what to change for two colors. */
  inPlace: Finding[];
  /** Nothing of it can have two colors: it is deployed in place whole. */
  colorless: boolean;
  /** Where the app is taken over from plain Helm: what that would do, a line a step. */
  takeover?: string[] | undefined;
  images: { workload: string; container: string; image: string }[];
  changes: ObjectChange[];
  /** What both colors share and does not change before the color comes up. */
  waits?: { when: 'switch' | 'end'; change: string }[] | undefined;
  /** What would be recorded, each in one Secret of at most 1 MiB. */
  stored: { what: string; bytes: number }[];
  /** What a dry run cannot know, a line each: objects that wait for another one of the chart, or for the namespace. */
  later?: string[] | undefined;
  /** Kinds and verbs that the account needs. */
  access: string[];
  /** A Role with exactly these, and a ClusterRole where something is not of the namespace: YAML. */
  role: string;
}

type DeployStatus = 'deployed' | 'unchanged' | 'superseded' | 'rolled-back' | 'failed' | 'planned';

/** How a deploy ended. */
export interface DeployOutcome {
  status: DeployStatus;
  failureReason?: Reason;
  /** The run had begun to change things, and the version before serves again, or still. */
  rolledBack: boolean;
  /** What serves now; no color where it is in place. */
  activeColor?: Color | undefined;
  version?: string | undefined;
  /** The cluster could not be asked what serves: it is not known. */
  unread?: true | undefined;
  /** What serves now is in place. */
  inPlace?: boolean | undefined;
  /** Whether users met the version of a run that went wrong; undefined where nothing was begun, or nothing served before. */
  seen?: Seen | undefined;
  /** What served before this run. */
  previousColor?: Color | undefined;
  previousVersion?: string | undefined;
  /** The version that this run was about. */
  wanted: string;
  url?: string | undefined;
  report: Recorder;
  dryRun?: DryRun | undefined;
  /** Set where this run is a rollback. */
  rollback?: Rollback | undefined;
  /** Set where the run is red. */
  error?: StepFailure | undefined;
}

/** The outcome of a run that did not go wrong. */
export function outcomeOf(
  run: Pick<Run, 'options' | 'report'>,
  plan: Pick<Plan, 'active' | 'serving' | 'color' | 'rollback' | 'plain' | 'unserved'> & { readonly split: Pick<SplitResult, 'colorless'> },
  status: 'deployed' | 'unchanged' | 'superseded' | 'planned',
): DeployOutcome {
  const { version } = run.options;
  const before = beforeOf(plan);
  const now = status === 'deployed' ? placeOf({ version, color: plan.color, inPlace: plan.split.colorless }) : before;
  return {
    status,
    rolledBack: false,
    wanted: version,
    report: run.report,
    activeColor: now.color,
    version: now.version,
    inPlace: now.inPlace,
    url: run.report.url,
    previousColor: before.color,
    previousVersion: before.version,
    rollback: plan.rollback,
  };
}

/** What served before the run; nothing, where all of it was gone. */
const beforeOf = ({ active, serving, plain, unserved }: Pick<Plan, 'active' | 'serving' | 'plain' | 'unserved'>): Place =>
  unserved ? {} : placeOf({ color: active, version: serving?.version ?? plain?.app.version, inPlace: serving?.inPlace });

interface Place {
  color?: Color | undefined;
  version?: string | undefined;
  inPlace?: boolean | undefined;
}

/** What is in place has a color in the journal alone. */
const placeOf = ({ color, version, inPlace }: Place): Place => (inPlace ? { version, inPlace } : { color, version });

/** The outcome of a run that went wrong: who serves is read again, where it can be. */
export async function failedOutcome(
  run: Pick<Run, 'kubernetes' | 'options' | 'report' | 'clock'>,
  error: StepFailure,
  { rolledBack = false, plan }: { rolledBack?: boolean; plan?: Plan } = {},
): Promise<DeployOutcome> {
  const { report } = run;
  const running = report.steps.findLast((entry) => entry.result === 'failed');
  report.failure ??= {
    reason: error.reason,
    message: error.message,
    evidence: await error.evidence(),
    step: running?.name,
    hint: error.hint || undefined,
  };
  const asked = await serving(run).catch(() => undefined);
  const seen: Serving = asked ?? {};
  const now = seen.activeColor || seen.inPlace ? seen : { ...seen, version: plan?.plain?.app.version };
  return {
    status: rolledBack ? 'rolled-back' : 'failed',
    failureReason: error.reason,
    rolledBack,
    wanted: run.options.version,
    report,
    error,
    ...now,
    unread: asked === undefined || undefined,
    seen: plan && isInPlace(plan) ? inPlaceSeen(plan) : plan?.active ? report.exposure?.seen(run.clock.now()) : undefined,
    url: report.url,
    // Without a plan nothing was touched: what serves is what served.
    previousColor: plan ? beforeOf(plan).color : now.activeColor,
    previousVersion: plan ? beforeOf(plan).version : now.version,
    rollback: plan?.rollback,
  };
}

const inPlaceSeen = ({ active, plain }: Plan): Seen | undefined => (active || plain ? { kind: 'in-place' } : undefined);

type Serving = Pick<DeployOutcome, 'activeColor' | 'version' | 'inPlace'>;

async function serving({ kubernetes, options }: Pick<Run, 'kubernetes' | 'options'>): Promise<Serving> {
  const [{ items }, store] = await Promise.all([kubernetes.list(SERVICE), JournalStore.open(kubernetes, options.release)]);
  const services = stableServices(items, options.release);
  const selected = activeOf(services, servingIn(store.journal));
  const color = selected === 'mixed' ? undefined : (selected ?? store.journal.active);
  const entry = store.journal.history.find((one) => one.color === color);
  if (entry?.inPlace) return { version: entry.version, inPlace: true };
  // Without the Services that lead to it, or without its workloads, a color serves nobody. One whose selector names no color leads to it.
  const named = entry?.services ?? [];
  const isCutOff = named.length > 0 && !items.some(({ metadata, spec }) => named.includes(metadata.name) && spec?.selector);
  if (color === undefined || isCutOff || (await isGone(kubernetes, options.release, color, services))) return {};
  return { activeColor: color, version: entry?.version };
}
