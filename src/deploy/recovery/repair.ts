import type { Pod, Service, Workload } from '../../interfaces/objects.ts';
import { colorServiceName } from '../../split/index.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, COLORS, type Color, PART_HASH_ANNOTATION } from '../../split/model.ts';
import { recordOf } from '../../split/part/record.ts';
import { sharedSelector } from '../base/services.ts';
import { isWorker, setWorkers } from '../color/workers.ts';
import { colorWorkloads, nothingLeft, stableServices } from '../kube/live.ts';
import { POD, SERVICE, selectedColor, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed } from '../state/model.ts';
import { restoreServices } from '../traffic/selectors.ts';
import { bringBack } from './bring-back.ts';
import { followHand } from './follow.ts';
import { makeColorServices, serviceMaker } from './made-again.ts';
import { Records } from './records.ts';
import { type Fix, isUp, judge, leadsTo, type Seen, type Selector, type Verdict, type Wanted } from './selectors-seen.ts';

/**
 * Nothing is in flight: what was changed by hand is put right where the journal says how. Services lead to the color that serves, which is
 * there, and so are its own Services. Where a person has put users on the other color, which passed, that is how it is from now on.
 * Returns what was done, as text, a line each.
 */
export async function repair(run: AppContext): Promise<string[]> {
  const { journal } = run.journal;
  if (journal.active === undefined) return [];
  const records = new Records(run);
  const seen = await look(run, journal.active, records);
  const done: string[] = [];
  if (seen.verdict.kind === 'follow') done.push(await followHand(run, seen.verdict.color, seen.partHash[seen.verdict.color]));
  done.push(...(await putBack(run, seen.verdict, records)));
  const color = seen.verdict.color;
  const entry = run.journal.journal.history.find((one) => one.color === color);
  if (entry) done.push(...(await makeColorServices(run, entry, seen.live, records)));
  // Where something of it is left, users or workers may be on that: the deploy to come replaces it beside.
  const deleted =
    entry &&
    !entry.inPlace &&
    (await nothingLeft(run.kubernetes, run.options.release, color)) &&
    (await records.color(color, entry.colorRevision));
  if (deleted && (await bringBack(run, { color, entry, how: 'apply' }, records))) {
    await setWorkers(run, color, true);
    done.push(`${color}, which serves, was deleted: ${entry.version} is there again`);
  }
  return done;
}

interface Looked {
  live: readonly Service[];
  verdict: Verdict;
  partHash: Record<Color, string | undefined>;
}

async function look(run: AppContext, active: Color, records: Records): Promise<Looked> {
  const { kubernetes, options } = run;
  const { history } = run.journal.journal;
  const [{ items: live }, blue, green] = await Promise.all([
    kubernetes.list(SERVICE),
    colorWorkloads(kubernetes, options.release, 'blue'),
    colorWorkloads(kubernetes, options.release, 'green'),
  ]);
  const workloads = { blue, green };
  const serving = history.find((entry) => entry.color === active);
  const names = new Set([...(serving?.services ?? []), ...stableServices(live, options.release).map(({ name }) => name)]);
  const services = await Promise.all([...names].map((name) => see(run, name, live, serving, records)));
  // Nobody asks who is ready where all Services lead to where they should: there may be thousands of pods.
  const right = services.every((service) => leadsTo(service, active));
  const pods = right ? [] : (await kubernetes.list(POD, { labelSelector: COLOR_LABEL })).items;
  const partHash = each((color) => hashOf([...workloads[color].values()]));
  const colors = each((color) => ({
    up: isUp(services, color, (selector) => hasReady(pods, selector)),
    passed: history.some((entry) => entry.color === color && entry.partHash === partHash[color]),
  }));
  return { live, verdict: judge(active, services, colors), partHash };
}

const each = <T>(of: (color: Color) => T): Record<Color, T> => ({ blue: of('blue'), green: of('green') });

const hasReady = (pods: readonly Pod[], selector: Selector): boolean =>
  pods.some((pod) => selects(selector, pod.metadata.labels) && isReady(pod));

/** Its color Services say what it selects, and its ports; where one is gone, the version's own record does. */
async function see(
  run: AppContext,
  name: string,
  live: readonly Service[],
  serving: Deployed | undefined,
  records: Records,
): Promise<Seen> {
  const find = (wanted: string) => live.find(({ metadata }) => metadata.name === wanted);
  const service = find(name);
  const [blue, green] = COLORS.map((color) => wantedBy(find(colorServiceName(name, color))));
  const wanted = { blue, green };
  if (serving?.services.includes(name) && wanted[serving.color] === undefined) {
    const recorded = await records.color(serving.color, serving.colorRevision);
    const plan = recorded && recordOf(recorded.part)?.services.find((one) => one.name === name);
    if (plan) wanted[serving.color] = { selector: { ...plan.selector, [COLOR_LABEL]: serving.color }, ports: plan.ports };
  }
  if (serving && !serving.services.includes(name)) wanted[serving.color] ??= await sharedWanted(run, name, serving, records);
  return { name, live: service ? (service.spec?.selector ?? null) : undefined, ports: service?.spec?.ports ?? [], wanted };
}

/** Where the version that serves has no color of it, but pods that all versions share, and a run that was killed led it to its own color. */
async function sharedWanted(run: AppContext, name: string, serving: Deployed, records: Records): Promise<Wanted | undefined> {
  const recorded = await records.serviceOf(serving, name);
  const { selector, ports = [] } = recorded ? serviceSpec(recorded) : {};
  const led = selector && (await sharedSelector(run, { name, selector }));
  return led && { selector: led, ports, isShared: true };
}

const wantedBy = (service: Service | undefined): Wanted | undefined =>
  service?.spec?.selector && { selector: service.spec.selector, ports: service.spec.ports ?? [] };

/** Of the version that a color's workloads run; undefined where they do not agree. */
function hashOf(workloads: readonly Workload[]): string | undefined {
  const own = workloads.filter((workload) => !isWorker(workload));
  const hashes = new Set(
    (own.length > 0 ? own : workloads).map((one) => podTemplateOf(one)?.metadata?.annotations?.[PART_HASH_ANNOTATION]),
  );
  return hashes.size === 1 ? [...hashes][0] : undefined;
}

async function putBack(run: AppContext, { fixes }: Verdict, records: Records): Promise<string[]> {
  const make = serviceMaker(run, records);
  const done: string[] = [];
  for (const fix of fixes) done.push(await put(run, fix, make));
  return done;
}

async function put(run: AppContext, { name, selector, ports, was }: Fix, make: (name: string) => Promise<boolean>): Promise<string> {
  if (was === 'was gone' && !(await make(name))) return `Service ${name} was gone, and no record of it is left: the next deploy makes it`;
  await restoreServices([{ name, from: selector, to: selector, ports: ports && { from: ports, to: ports } }], { ...run, make });
  const led = selectedColor(selector) ?? 'the pods that its versions share';
  return `Service ${name} ${was}: it ${ports ? `has its ports (${ports.map(({ port }) => port).join(', ')}) and ` : ''}selects ${led} again`;
}
