import type { HelmRelease, PartChart } from '../../interfaces/helm.ts';
import type { Workload } from '../../interfaces/objects.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import { COLORS, type Color, PART_HASH_ANNOTATION, VERSION_ANNOTATION } from '../../split/model.ts';
import { baseRecordOf } from '../../split/part/base-record.ts';
import { unpack } from '../../split/part/pack.ts';
import { recordOf } from '../../split/part/record.ts';
import { isHook } from '../../split/read/hooks.ts';
import { contractedText, ownPart } from '../base/recorded.ts';
import { activeOf, colorWorkloads, type LiveService, liveStableServices } from '../kube/live.ts';
import { colorRelease } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/model.ts';
import { type ColorRevision, type Revision, rebuiltEntry, rebuiltJournal, servedRevisions, type VersionRecord } from '../state/rebuild.ts';
import { givenUp } from './given-up.ts';

/**
 * An app of ours whose journal is gone: it is rebuilt from what Helm recorded and what serves. Returns what was done, as text; undefined where
 * no version of ours serves.
 */
export async function rebuildJournal(run: AppContext): Promise<string | undefined> {
  const { helm, options, journal } = run;
  const { release } = options;
  const histories = await Promise.all(COLORS.map((color) => revisionsOf(run, color)));
  const revisions = histories.flat();
  if (revisions.length === 0) return undefined;
  const bases = (await helm.history(release)).filter(worked).map(revisionOf);
  const active = await activeColor(run, revisions, bases);
  if (active === undefined) return undefined;
  const found = await Promise.all(servedRevisions(revisions, active).map((one) => entryOf(run, one, bases)));
  const history = found.filter((entry) => entry !== undefined);
  if (history.length === 0) return undefined;
  await journal.update(() => rebuiltJournal(release, active, history));
  const [newest, ...before] = history.map(({ version }) => version);
  const serves = history[0]?.color === active ? `${newest} serves` : `what serves did not pass; ${newest} did`;
  const earlier = before.length > 0 ? `, before it ${before.join(', ')}` : '';
  return `The journal of "${release}" was gone: it is rebuilt from what Helm recorded (${serves}${earlier}); who deployed them, and their checks, are not known any more`;
}

const worked = ({ status }: HelmRelease): boolean => status === 'deployed' || status === 'superseded';
const revisionOf = ({ revision, updated, description = '' }: HelmRelease): Revision => ({
  revision,
  at: new Date(updated).toISOString(),
  description,
});
async function revisionsOf(run: AppContext, color: Color): Promise<ColorRevision[]> {
  const [history, failed] = await Promise.all([run.helm.history(colorRelease(run.options.release, color)), givenUp(run, color)]);
  return history
    .filter((one) => worked(one) && one.description?.startsWith('todo-deploy: '))
    .map((one) => ({ ...revisionOf(one), color, failed: failed.has(one.revision) }));
}

/**
 * What Services select; where they differ or there are none, what runs; else the color whose base was brought to its end, or that alone has all
 * its Services, or the one that came up first, since the other was tried. Where only a first version is there that did not pass, nothing serves.
 */
async function activeColor(run: AppContext, revisions: readonly ColorRevision[], bases: readonly Revision[]): Promise<Color | undefined> {
  const { kubernetes, options } = run;
  const services = await liveStableServices(kubernetes, options.release);
  const selected = activeOf(services);
  if (selected !== undefined && selected !== 'mixed') return selected;
  if (selected === undefined && firstDidNotPass(revisions)) return undefined;
  const running = await Promise.all(COLORS.map(async (color) => ((await runs(kubernetes, options.release, color)) ? [color] : [])));
  const [one, ...more] = running.flat();
  if (more.length === 0) return one ?? inPlaceColor(run, revisions);
  const newestFirst = revisions.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const before = newestFirst.find(({ color }) => color !== newestFirst[0]?.color);
  const [newest, last] = await Promise.all([newestFirst[0], before].map((one) => one && entryOf(run, one, bases)));
  if (newest && bases.at(-1)?.description === contractedText(newest.version)) return newest.color;
  // In the middle of the tidying up the Services of the last version are going, one by one.
  if (newest && isLed(newest, services) && !(last && isLed(last, services))) return newest.color;
  return before?.color;
}

const isLed = ({ color, services }: Deployed, live: readonly LiveService[]): boolean =>
  services.length > 0 && services.every((name) => live.some((one) => one.name === name && one.color === color));

/** The color that recorded the version whose base is there, where that is in place: its color holds nothing else. */
async function inPlaceColor({ helm, options }: AppContext, revisions: readonly ColorRevision[]): Promise<Color | undefined> {
  const base = ownPart(await helm.recordedPart(options.release));
  const version = base && baseRecordOf(base.part)?.version;
  for (const { color, revision } of revisions.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))) {
    const recorded = await helm.recordedPart(colorRelease(options.release, color), revision);
    const record = recorded && recordOf(recorded.part);
    if (version !== undefined && record?.version === version && record.workloads.length === 0) return color;
  }
  return undefined;
}

function firstDidNotPass(revisions: readonly ColorRevision[]): boolean {
  const [newest, ...before] = revisions.toSorted((a, b) => b.revision - a.revision);
  return newest?.failed === true && before.every(({ color }) => color === newest.color);
}

const runs = async (kubernetes: AppContext['kubernetes'], release: string, color: Color): Promise<boolean> =>
  [...(await colorWorkloads(kubernetes, release, color)).values()].some(({ spec }: Workload) => (spec?.replicas ?? 1) > 0);

async function entryOf({ helm, options }: AppContext, revision: ColorRevision, bases: readonly Revision[]): Promise<Deployed | undefined> {
  const recorded = await helm.recordedPart(colorRelease(options.release, revision.color), revision.revision);
  const record = recorded && versionOf(recorded.part);
  return record && rebuiltEntry(record, revision, bases);
}

/** Pure: what a part says of its version; undefined where it is none of ours. */
function versionOf(part: PartChart): VersionRecord | undefined {
  const record = recordOf(part);
  const objects = unpack(part).map(({ object }) => object);
  const version = record?.version ?? objects.map(({ metadata }) => metadata.annotations?.[VERSION_ANNOTATION]).find(Boolean);
  const templates = objects.flatMap((object) => podTemplateOf(object) ?? []);
  const partHash = record?.partHash ?? templates.map(({ metadata }) => metadata?.annotations?.[PART_HASH_ANNOTATION]).find(Boolean);
  if (!record || !version || !partHash) return undefined;
  return {
    version,
    partHash,
    images: [...new Set(templates.flatMap(({ spec }) => containersOf(spec)).flatMap(({ image }) => image ?? []))],
    services: record.services.map(({ name }) => name),
    inPlace:
      (record.workloads.length === 0 && !objects.some((object) => podTemplateOf(object) !== undefined && !isHook(object))) || undefined,
    replicas: Object.fromEntries(record.workloads.flatMap(({ name, replicas }) => (replicas === undefined ? [] : [[name, replicas]]))),
  };
}
