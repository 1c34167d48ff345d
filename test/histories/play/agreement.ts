import { leaseName } from '../../../src/deploy/kube/names.ts';
import { samePorts } from '../../../src/deploy/kube/service-ports.ts';
import type { Journal } from '../../../src/deploy/state/model.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { isMap } from '../../../src/interfaces/values.ts';
import { kindOf, titleOf } from '../../../src/split/kinds/objects.ts';
import { COLOR_LABEL, type Color, otherColor, type SplitResult } from '../../../src/split/model.ts';
import { HOOK_ANNOTATION } from '../../../src/split/read/hooks.ts';
import { same } from '../api/fields.ts';
import { objectsOfPart, partOf } from '../helm/helm.ts';
import { decode, type Record as Release } from '../helm/records.ts';

export interface Facts {
  release: string;
  journal: Journal | undefined;
  /** Everything in the namespace. */
  objects: readonly KubernetesObject[];
  /** The version that serves, as its chart splits for its color. */
  wanted: SplitResult;
  version: string;
  color: Color;
  /** It was rolled back to: Jobs and claims are as they are. */
  rolledBack: boolean;
  keepOld: 'zero' | 'warm' | 'remove';
}

type Found = string[];
type Fields = Readonly<Record<string, unknown>>;

const RELEASE = 'meta.helm.sh/release-name';
const isHook = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.[HOOK_ANNOTATION] !== undefined;
const keyOf = (object: KubernetesObject): string => `${kindOf(object)}/${object.metadata.name}`;
const spec = (object: KubernetesObject | undefined): Fields => (isMap(object?.spec) ? object.spec : {});

/** Pure: what journal, releases and live objects disagree about, where a version serves and nothing is under way. */
export function disagreements(facts: Facts): string[] {
  const live = new Map(facts.objects.map((object) => [keyOf(object), object]));
  return [
    ...inJournal(facts),
    ...inReleases(facts),
    ...inServices(facts, live),
    ...inBase(facts, live),
    ...inColor(facts, live),
    ...inIdle(facts),
    ...inLease(facts, live),
  ];
}

function inJournal({ journal, version, color, wanted }: Facts): Found {
  const newest = journal?.history[0];
  if (!journal || !newest) return ['the journal has no version'];
  return [
    ...(journal.inFlight ? [`the journal has ${journal.inFlight.version} in flight (${journal.inFlight.phase})`] : []),
    ...(journal.active === color ? [] : [`the journal says that ${journal.active} is active, not ${color}`]),
    ...(newest.version === version ? [] : [`the journal says that ${newest.version} serves, not ${version}`]),
    ...(newest.color === color ? [] : [`the journal has ${newest.version} as ${newest.color}, not ${color}`]),
    ...(newest.partHash === wanted.partHash ? [] : ['the journal has another part hash']),
  ];
}

const releasesOf = (objects: readonly KubernetesObject[], name: string): Release[] =>
  objects
    .filter((object) => object.kind === 'Secret' && object.metadata.labels?.owner === 'helm' && object.metadata.labels.name === name)
    .map((secret) => decode(secret as never))
    .sort((one, other) => one.version - other.version);

function inReleases({ objects, release, color, journal, wanted, rolledBack }: Facts): Found {
  const found: Found = [];
  const newest = journal?.history[0];
  const revisions = { [release]: newest?.baseRevision, [`${release}-${color}`]: newest?.colorRevision };
  for (const [name, revision] of Object.entries(revisions)) {
    const records = releasesOf(objects, name);
    const deployed = records.filter(({ info }) => info.status === 'deployed');
    const pending = records.filter(({ info }) => info.status.startsWith('pending') || info.status === 'uninstalling');
    for (const { version, info } of pending) found.push(`release ${name} is ${info.status} at revision ${version}`);
    // Where Helm could not mark the one before as superseded, the newest counts, for Helm too.
    const now = deployed.at(-1);
    if (!now) found.push(`release ${name} has no deployed revision`);
    else if (
      now.version !== revision &&
      !sameRecord(
        now,
        records.find(({ version }) => version === revision),
      )
    )
      found.push(`release ${name} is at revision ${now.version}, the journal says ${revision}`);
  }
  const base = releasesOf(objects, release).findLast(({ info }) => info.status === 'deployed');
  if (!base) return found;
  const aside = (object: KubernetesObject) =>
    isHook(object) || (rolledBack && (object.kind === 'Job' || object.kind === 'PersistentVolumeClaim'));
  const recorded = new Set(
    objectsOfPart(partOf(base))
      .filter((object) => !aside(object))
      .map(keyOf),
  );
  const asked = new Set(wanted.baseObjects.filter((object) => !aside(object)).map(keyOf));
  for (const key of asked) if (!recorded.has(key)) found.push(`release ${release} does not hold ${key}`);
  for (const key of recorded) if (!asked.has(key)) found.push(`release ${release} still holds ${key}`);
  return found;
}

/** Whether what a journal names is what is deployed: a way back makes a new revision of the same content. */
const sameRecord = (one: Release | undefined, other: Release | undefined): boolean => same(one?.chart.templates, other?.chart.templates);

function inServices({ wanted, color }: Facts, live: ReadonlyMap<string, KubernetesObject>): Found {
  return wanted.services.flatMap(({ name, selector, ports }) => {
    const [stable, own] = [live.get(`/Service/${name}`), live.get(`/Service/${name}-${color}`)];
    if (!stable) return [`Service ${name} is gone`];
    const colored = { ...selector, [COLOR_LABEL]: color };
    const found: Found = [];
    if (!same(spec(stable).selector, colored))
      found.push(`Service ${name} selects ${JSON.stringify(spec(stable).selector)}, not ${JSON.stringify(colored)}`);
    if (!samePorts((spec(stable).ports ?? []) as never, ports))
      found.push(`Service ${name} has other ports: ${JSON.stringify(spec(stable).ports)}`);
    if (!own) return [...found, `Service ${name}-${color} is gone`];
    if (!same(spec(own).selector, colored)) found.push(`Service ${name}-${color} selects ${JSON.stringify(spec(own).selector)}`);
    if (!samePorts((spec(own).ports ?? []) as never, ports)) found.push(`Service ${name}-${color} has other ports`);
    return found;
  });
}

function inBase({ release, objects, wanted, rolledBack }: Facts, live: ReadonlyMap<string, KubernetesObject>): Found {
  const asked = wanted.baseObjects.filter((object) => !isHook(object));
  const found: Found = [];
  for (const object of asked) {
    if (rolledBack && object.kind === 'Job') continue;
    const now = live.get(keyOf(object));
    if (!now) found.push(`${titleOf(object)} of the base is gone`);
    else if (object.kind === 'PersistentVolumeClaim' && rolledBack) continue;
    else found.push(...differences(object, now, ['replicas']).map((path) => `${titleOf(object)} of the base differs at ${path}`));
  }
  const known = new Set(asked.map(keyOf));
  const left = objects.filter(
    (object) =>
      object.metadata.annotations?.[RELEASE] === release && object.metadata.ownerReferences === undefined && !known.has(keyOf(object)),
  );
  for (const object of left.filter((one) => !(rolledBack && (one.kind === 'Job' || one.kind === 'PersistentVolumeClaim')) && !isHook(one)))
    found.push(`${titleOf(object)} of the base is left over`);
  return found;
}

function inColor({ wanted, color, release, objects }: Facts, live: ReadonlyMap<string, KubernetesObject>): Found {
  const found: Found = [];
  const asked = wanted.colorObjects.filter((object) => !isHook(object));
  for (const object of asked) {
    const now = live.get(keyOf(object));
    if (!now) {
      found.push(`${titleOf(object)} of ${color} is gone`);
      continue;
    }
    found.push(...differences(object, now, ['replicas', 'suspend']).map((path) => `${titleOf(object)} of ${color} differs at ${path}`));
    const { replicas, suspend } = spec(now);
    if (object.kind === 'Deployment' && Number(replicas) < 1) found.push(`${titleOf(object)} of ${color}, which serves, is at zero`);
    if (object.kind === 'CronJob' && suspend === true) found.push(`${titleOf(object)} of ${color}, which serves, is suspended`);
  }
  const known = new Set(asked.map(keyOf));
  const left = objects.filter(
    (object) => object.metadata.annotations?.[RELEASE] === `${release}-${color}` && !known.has(keyOf(object)) && !isHook(object),
  );
  for (const object of left) found.push(`${titleOf(object)} of ${color} is left over`);
  return found;
}

/** The other color stands still: workers and CronJobs whatever is done with it. */
function inIdle({ objects, color, release, keepOld }: Facts): Found {
  const idle = otherColor(color);
  const own = objects.filter((object) => object.metadata.annotations?.[RELEASE] === `${release}-${idle}`);
  return own.flatMap((object) => {
    const { replicas, suspend } = spec(object);
    const worker = object.metadata.annotations?.['todo-deploy.dev/active-replicas'] !== undefined;
    if (keepOld === 'remove' && !isHook(object)) return [`${titleOf(object)} of ${idle} was to be removed`];
    if (object.kind === 'Deployment' && Number(replicas) > 0 && (worker || keepOld === 'zero'))
      return [`${titleOf(object)} of ${idle}, which is idle, runs`];
    return object.kind === 'CronJob' && suspend !== true ? [`${titleOf(object)} of ${idle}, which is idle, is not suspended`] : [];
  });
}

function inLease({ release }: Facts, live: ReadonlyMap<string, KubernetesObject>): Found {
  const lease = live.get(`coordination.k8s.io/Lease/${leaseName(release)}`);
  const holder = spec(lease).holderIdentity;
  return holder ? [`the lease is held by ${String(holder)}`] : [];
}

/** Pure: paths of what is asked for and not so; what is there beside it may be anybody's. */
function differences(wanted: unknown, live: unknown, aside: readonly string[], path = ''): string[] {
  if (isMap(wanted)) {
    return Object.entries(wanted).flatMap(([key, value]) => {
      if (value === undefined || value === null || aside.includes(key)) return [];
      return differences(value, isMap(live) ? live[key] : undefined, aside, path === '' ? key : `${path}.${key}`);
    });
  }
  if (Array.isArray(wanted) && Array.isArray(live) && wanted.length === live.length) {
    return wanted.flatMap((value, index) => differences(value, live[index], aside, `${path}[${index}]`));
  }
  return same(wanted, live) ? [] : [`${path} (${JSON.stringify(live)}, not ${JSON.stringify(wanted)})`];
}
