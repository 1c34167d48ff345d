import { HttpError } from '../../interfaces/errors.ts';
import { groupOf, isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { readyKind, runsOnce } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, type Color, FIELD_MANAGER, type SharedWorkload } from '../../split/model.ts';
import { retireColor } from '../color/retire.ts';
import { equal } from '../kube/equal.ts';
import { refOf } from '../kube/kinds.ts';
import { colorRelease, colorSelector, describe, POD, SERVICE } from '../kube/names.ts';
import { watchUntil } from '../kube/watch.ts';
import type { AppContext } from '../run/run.ts';
import { sameSelector } from '../state/healing.ts';
import type { PlainApp, PlainObject, PlainService } from '../state/plain.ts';
import { releasePlainAutoscalers } from './autoscalers.ts';
import { asHelms, KEEP, keeps, MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE } from './marks.ts';
import { disown } from './own.ts';
import { objectsOf } from './read.ts';

/** Field manager of Helm's own writes. */
const HELM = 'helm';

/**
 * The app is plain Helm's again, as it was before it was taken over. Users are on the plain pods by then, and `color` serves nobody. Every step
 * may be repeated. Returns what could not be given back, as text, and the workloads that went back in place.
 */
export async function backToPlain(
  run: AppContext,
  plain: PlainApp,
  color: Color,
): Promise<{ left: string[]; workloads: SharedWorkload[] }> {
  await removeColor(run, color);
  const before = await objectsOf(run, plain.revision);
  const { left, workloads } = await giveBackBase(run, plain, before);
  for (const service of plain.services) await unpin(run, service, before);
  await releasePlainAutoscalers(run, plain);
  for (const object of [...plain.workloads, ...plain.others]) {
    if (!object.keptBefore) await unmark(run, object);
    await disown(run.kubernetes, object);
  }
  if (plain.claimed) await forget(run, plain.claimed, before);
  else await run.helm.giveBack(run.options.release, plain.revision);
  run.log.info(`"${run.options.release}" is as it was before it was taken over: ${plain.version}`);
  return { left, workloads };
}

/** With its records and Services. Its pods bear the labels that the plain Services select: they must be gone before those are unpinned. */
export async function removeColor(run: AppContext, color: Color): Promise<void> {
  const { kubernetes, helm, options, clock } = run;
  const { release, timeoutMs } = options;
  await retireColor(run, color, 'remove');
  await helm.uninstall({ release: colorRelease(release, color), noHooks: true, timeoutMs });
  await watchUntil({
    kubernetes,
    clock,
    signal: AbortSignal.timeout(timeoutMs),
    limitMs: timeoutMs,
    watch: [{ kind: POD, options: { labelSelector: `${COLOR_LABEL}=${color}` } }],
    waitingFor: `the end of the pods of ${color}`,
    judge: (view) =>
      view.all(POD).every((pod) => pod.metadata.labels?.[APP_LABEL] !== release || pod.metadata.deletionTimestamp) || undefined,
  });
  const { items } = await kubernetes.list(SERVICE, { labelSelector: colorSelector(release, color) });
  for (const service of items) await kubernetes.delete(refOf(service), { uid: service.metadata.uid });
}

/** What both colors shared as the plain revision holds it; what only our base had goes. */
async function giveBackBase(
  run: AppContext,
  plain: PlainApp,
  before: readonly KubernetesObject[],
): Promise<{ left: string[]; workloads: SharedWorkload[] }> {
  const { helm, options } = run;
  const newest = (await helm.history(options.release)).at(-1)?.revision ?? plain.revision;
  if (newest === plain.revision) return { left: [], workloads: [] };
  const now = await objectsOf(run, newest);
  const names = new Set(before.map(keyOf));
  for (const object of now.filter((one) => !names.has(keyOf(one)))) await removeAdded(run, object);
  const untouched = new Set([...plain.workloads, ...plain.others].map(({ kind, name }) => `${kind}/${name}`));
  const left: string[] = [];
  const back = before.filter((one) => !untouched.has(describe(one)) && !runsOnce(one));
  for (const object of back) {
    const own = plain.services.find(({ name }) => isA(object, SERVICE) && name === object.metadata.name)?.selector;
    try {
      await applyAsHelm(run, own ? withSelector(object, own) : object);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status < 400 || error.status >= 500) throw error;
      left.push(`${describe(object)}: ${messageOf(error).split('\n')[0]}`);
    }
  }
  for (const line of left) run.log.warning(`Not given back as it was: ${line}`);
  return { left, workloads: back.flatMap((object) => changedWorkload(object, now) ?? []) };
}

/** What runs in place, where our base had another one. */
export function changedWorkload(object: KubernetesObject, now: readonly KubernetesObject[]): SharedWorkload | undefined {
  const kind = readyKind(object);
  const since = now.find((one) => keyOf(one) === keyOf(object));
  return kind === undefined || since === undefined || equal(since.spec, object.spec) ? undefined : { kind, name: object.metadata.name };
}

const keyOf = (object: KubernetesObject): string => `${groupOf(object)} ${describe(object)}`;

/** Not what others have taken over meanwhile, nor what is to be kept. */
async function removeAdded({ kubernetes, options, log }: AppContext, object: KubernetesObject): Promise<void> {
  const ref = { ...refOf(object), namespace: object.metadata.namespace };
  const live = await kubernetes.get(ref);
  if (live?.metadata.annotations?.[RELEASE_NAME] !== options.release || keeps(live)) return;
  await kubernetes.delete(ref, { uid: live.metadata.uid });
  log.info(`${describe(object)} came with the version that is taken back: it is removed`);
}

/** Its own selector, in Helm's hands again. */
async function unpin(run: AppContext, { name, selector }: PlainService, before: readonly KubernetesObject[]): Promise<void> {
  const { kubernetes, log } = run;
  const ref = { ...SERVICE, name };
  const live = await kubernetes.get(ref);
  if (!live) return;
  if (!sameSelector(live.spec?.selector, selector)) {
    const recorded = before.find((object) => isA(object, SERVICE) && object.metadata.name === name);
    const applied = live.metadata.managedFields?.some(({ manager, operation }) => manager === HELM && operation === 'Apply');
    // Helm must not meet an entry of its own as a conflict: what it applied stays an apply, what it updated an update.
    if (applied && recorded) await applyAsHelm(run, withSelector(recorded, selector));
    else await kubernetes.patch(ref, [{ op: 'add', path: '/spec/selector', value: selector }], { type: 'json', fieldManager: HELM });
    log.info(`Service ${name} selects what it selected before: ${JSON.stringify(selector)}`);
  }
  await disown(kubernetes, ref);
}

const withSelector = (service: KubernetesObject, selector: Record<string, string>): KubernetesObject => ({
  ...service,
  spec: { ...serviceSpec(service), selector },
});

const applyAsHelm = ({ kubernetes, options }: AppContext, object: KubernetesObject): Promise<KubernetesObject> =>
  kubernetes.apply(asHelms(object, options.release, kubernetes.namespace), { fieldManager: HELM, force: true });

/** What kubectl made was never Helm's. */
async function forget(
  { kubernetes, helm, options }: AppContext,
  claimed: readonly PlainObject[],
  before: readonly KubernetesObject[],
): Promise<void> {
  for (const object of claimed) {
    const live = await kubernetes.get(object);
    if (live?.metadata.annotations?.[RELEASE_NAME] !== options.release) continue;
    const annotations = { [RELEASE_NAME]: null, [RELEASE_NAMESPACE]: null };
    // A manifest that `helm template` wrote has this label by itself.
    const recorded = before.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.name);
    const labels = { [MANAGED_BY]: recorded?.metadata.labels?.[MANAGED_BY] ?? null };
    await kubernetes.patch(object, { metadata: { annotations, labels } }, { type: 'merge', fieldManager: FIELD_MANAGER });
    await disown(kubernetes, object, [HELM, FIELD_MANAGER]);
  }
  await helm.giveBack(options.release, 0);
}

async function unmark({ kubernetes }: AppContext, object: { apiVersion: string; kind: string; name: string }): Promise<void> {
  const live = await kubernetes.get(object);
  if (!live || !keeps(live)) return;
  await kubernetes.patch(object, { metadata: { annotations: { [KEEP]: null } } }, { type: 'merge', fieldManager: FIELD_MANAGER });
}
