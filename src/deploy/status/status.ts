import type { Clock } from '../../interfaces/clock.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from '../../split/kinds/objects.ts';
import { isScaled, KINDS, READY, readyKind } from '../../split/kinds/rows.ts';
import { COLORS, type Color, otherColor, type SharedWorkload } from '../../split/model.ts';
import { routesInPlace } from '../kube/in-place.ts';
import { activeOf, stableServices } from '../kube/live.ts';
import { colorRelease, ENDPOINT_SLICE, EVENT, POD, SERVICE } from '../kube/names.ts';
import { readSituation } from '../rollback/index.ts';
import { type Healing, healing } from '../state/healing.ts';
import { emptyJournal, servingIn } from '../state/journal.ts';
import { JournalStore } from '../state/journal-store.ts';
import type { InFlight, Journal } from '../state/model.ts';
import { colorStatus } from './colors.ts';
import { findDrift } from './find-drift.ts';
import { serviceStatus, workloadHealth } from './health.ts';
import { readLease } from './lease.ts';
import type { AppStatus, LeaseStatus, Parts, Recorded, RollbackChoice, WorkloadHealth } from './model.ts';
import { StatusReader } from './reader.ts';
import { rollbackChoice } from './rollback-choice.ts';

export interface StatusDeps {
  kubernetes: Kubernetes;
  clock: Clock;
  /** A Helm release's last deployed revision; undefined where there is none. */
  recorded(release: string): Promise<Recorded | undefined>;
}

const ALWAYS: readonly KindRef[] = [
  SERVICE,
  POD,
  EVENT,
  ENDPOINT_SLICE,
  ...KINDS.filter((kind) => kind.access?.always).map(({ ref }) => ref),
];
/** Listed where a part has such workloads. */
const SELDOM = READY.filter((kind) => !kind.access?.always);

/** Reads the state of the app; changes nothing. What the account may not read is in `unseen`. */
export async function readStatus(release: string, deps: StatusDeps): Promise<AppStatus> {
  const { kubernetes, clock } = deps;
  const reader = new StatusReader(kubernetes);
  const [store, parts, lease] = await Promise.all([
    reader.allowed('Secret objects', () => JournalStore.open(kubernetes, release)),
    readParts(reader, release, deps),
    readLease(reader, release, clock),
    ...ALWAYS.map((kind) => reader.list(kind)),
  ]);
  const base = parts.get('base')?.objects ?? [];
  const own = COLORS.flatMap((color) => parts.get(color)?.objects ?? []).filter(isScaled);
  const seldom = SELDOM.filter(({ key }) => [...base, ...own].some((object) => kindOf(object) === key));
  await Promise.all(seldom.map(({ ref }) => reader.list(ref)));
  const journal = store?.journal ?? emptyJournal(release);

  const services = stableServices(reader.view.all(SERVICE), release);
  const selected = activeOf(services, servingIn(journal));
  const active = selected === 'mixed' ? undefined : (selected ?? journal.active);
  const serving = journal.history.find((entry) => entry.color === active);
  const inPlace = serving?.inPlace;
  const names = [...new Set([...(journal.history[0]?.services ?? []), ...services.map(({ name }) => name)])].sort();
  const known = store?.exists === true || services.length > 0 || parts.size > 0;
  const status: Omit<AppStatus, 'healthy'> = {
    release,
    namespace: kubernetes.namespace,
    state: !known ? 'not-deployed' : selected === 'mixed' ? 'mixed' : active === undefined ? 'nothing' : 'serving',
    active,
    inPlace,
    version: serving?.version,
    deployedAt: serving?.at,
    url: serving?.url || undefined,
    ...previousOf(journal, serving?.version),
    services: [...names, ...(inPlace ? namesInPlace(base) : [])].map((name) => serviceStatus(reader.view, name)),
    colors: COLORS.flatMap((color) => colorStatus(reader.view, release, color, { active, journal }) ?? []),
    shared: sharedHealth(reader, base),
    drift: await findDrift({
      reader,
      release,
      namespace: kubernetes.namespace,
      names,
      recordedActive: journal.active,
      active,
      parts,
      inFlight: journal.inFlight,
    }),
    lease,
    ...inFlightStatus(journal, lease),
    history: journal.history,
    lastFailure: journal.lastFailure,
    rollback: store && active ? await rollbackChoices(reader, store, deps, release) : [],
    unseen: reader.unseen,
  };
  return { ...status, healthy: isHealthy(status) };
}

async function rollbackChoices(
  reader: StatusReader,
  journal: JournalStore,
  { kubernetes }: StatusDeps,
  release: string,
): Promise<RollbackChoice[]> {
  const found = await reader.allowed('Secret objects', () => readSituation({ kubernetes, journal, options: { release } }));
  return (found?.candidates ?? []).map((candidate) => rollbackChoice(candidate, otherColor(found?.active ?? 'green')));
}

async function readParts(reader: StatusReader, release: string, { recorded }: StatusDeps): Promise<Parts> {
  const names = new Map<'base' | Color, string>([
    ['base', release],
    ...COLORS.map((color) => [color, colorRelease(release, color)] as const),
  ]);
  const parts = await Promise.all(
    [...names].map(async ([part, name]) => [part, await reader.allowed('Secret objects', () => recorded(name))] as const),
  );
  return new Map(parts.flatMap(([part, found]) => (found === undefined ? [] : [[part, found] as const])));
}

const previousOf = ({ history }: Journal, version: string | undefined): { previousVersion?: string } => {
  const at = history.findIndex((entry) => entry.version === version);
  const before = at < 0 ? undefined : history.slice(at + 1).find((entry) => entry.version !== version);
  return before ? { previousVersion: before.version } : {};
};

/** A deploy in flight whose lease nobody holds was killed. */
function inFlightStatus(journal: Journal, lease: LeaseStatus | undefined): Pick<AppStatus, 'inFlight' | 'healing'> {
  const { inFlight } = journal;
  if (inFlight === undefined) return {};
  const alive = lease !== undefined && !lease.expired;
  const remedy = alive ? undefined : healing(journal, undefined);
  // Values of Secrets are the journal's own business.
  const { secretsBefore: _, ...shown } = inFlight;
  return { inFlight: shown, healing: remedy && healingText(remedy, inFlight) };
}

function healingText(remedy: Healing, { inPlace, version }: InFlight): string {
  if (remedy.kind === 'finish') return `finish it: ${inPlace ? version : remedy.color} serves`;
  if (remedy.kind === 'take-back')
    return inPlace ? 'apply the version before as it was recorded' : `stop ${remedy.color}: no user has seen it`;
  if (remedy.kind === 'switch-back') return `switch back to ${remedy.to ?? 'nothing: it was the first deploy'}`;
  return `keep ${remedy.color}, which has passed its checks, or stop it`;
}

/** Services that lead to what is in place. */
const namesInPlace = (base: readonly KubernetesObject[]): string[] =>
  routesInPlace(base, base.flatMap(sharedOf)).map(({ service }) => service);

const sharedOf = (object: KubernetesObject): SharedWorkload[] => {
  const kind = readyKind(object);
  return kind === undefined ? [] : [{ kind, name: object.metadata.name }];
};

function sharedHealth({ view }: StatusReader, base: readonly KubernetesObject[]): WorkloadHealth[] {
  return base.flatMap(sharedOf).map((one) => workloadHealth(view, { ...one, shared: true }));
}

/** Pure: users reach a whole color that is what was deployed, and nothing is left half done. */
export function isHealthy(status: Omit<AppStatus, 'healthy'>): boolean {
  const active = status.colors.find(({ role }) => role === 'active');
  return (
    status.state === 'serving' &&
    status.drift.length === 0 &&
    status.healing === undefined &&
    status.services.every(({ problem }) => problem === undefined) &&
    [...(active?.workloads ?? []), ...status.shared].every(({ ready }) => ready)
  );
}
