import { ConfigurationError } from '../../interfaces/errors.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import { runsOnce, scaledKind } from '../../split/kinds/rows.ts';
import { COLOR_LABEL, COLORS, type Color, type ServicePort } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { asFarAsPossible, stayText } from '../base/cannot-change.ts';
import { replacingStuckPods } from '../base/stuck-pods.ts';
import { setPlainWorkers } from '../color/plain-workers.ts';
import { setWorkers } from '../color/workers.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { waitReady } from '../diagnosis/ready.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { colorWorkloads } from '../kube/live.ts';
import { POD, SERVICE } from '../kube/names.ts';
import { scale } from '../kube/scale.ts';
import { keepNodePorts, samePorts } from '../kube/service-ports.ts';
import type { AppContext, Run } from '../run/run.ts';
import type { PlainApp, PlainService } from '../state/plain.ts';
import { proveRoutes } from '../traffic/routes.ts';
import type { SeenMove } from '../traffic/selectors.ts';
import { switchInStages } from '../traffic/stages.ts';
import { backToPlain, changedWorkload, removeColor } from './back.ts';
import { leavingPart } from './leaving-part.ts';
import { RELEASE_NAME } from './marks.ts';
import { pinOf } from './pins.ts';
import { isOurs, objectsOf } from './read.ts';

const FOLLOW_LIMIT_MS = 30_000;

/** What the way back to plain Helm needs to know. */
export interface Leaving {
  plain: PlainApp;
  active: Color;
  /** Of the plain revision's manifest. */
  before: KubernetesObject[];
  /** Deployed revision of the base. */
  base: number;
}

/** Errors: `ConfigurationError` where this app never was plain Helm's, or Helm's record of it is gone. */
export async function planLeaving(run: Pick<Run, 'kubernetes' | 'helm' | 'options' | 'journal'>, active: Color): Promise<Leaving> {
  const { helm, options, journal, kubernetes } = run;
  const recorded = journal.journal.plain;
  if (!recorded) {
    throw new ConfigurationError(`"${options.release}" was not taken over from plain Helm: there is no plain version to go back to`, {
      hint: 'list: true shows the versions that can be rolled back to.',
    });
  }
  const part = await helm.recordedPart(options.release, recorded.revision);
  if (!part || isOurs(part.part)) {
    throw new ConfigurationError(`Helm no longer has revision ${recorded.revision} of "${options.release}", which plain Helm ran`, {
      hint: 'Deploy its commit again with this product; Helm keeps 30 revisions.',
    });
  }
  const before = await objectsOf(run, recorded.revision);
  const names = new Set(before.filter((object) => isA(object, SERVICE)).map(({ metadata }) => metadata.name));
  const live = await Promise.all(recorded.workloads.map((workload) => kubernetes.get(workload)));
  const foreign = live.find((object) => object && object.metadata.annotations?.[RELEASE_NAME] !== options.release);
  if (foreign) {
    throw new ConfigurationError(`${foreign.kind}/${foreign.metadata.name} is in the cluster and is not this app's`, {
      hint: 'It has the name of a workload of the plain version. Rename it or remove it.',
    });
  }
  const colored = await colorWorkloads(kubernetes, options.release, active);
  const workloads = recorded.workloads.map((workload) => {
    const runs = colored.get(workload.name)?.spec?.replicas ?? 0;
    return { ...workload, replicas: runs > 0 && !workload.suspended && !workload.worker ? runs : workload.replicas };
  });
  const base = (await helm.history(options.release)).filter(({ status }) => status === 'deployed').at(-1)?.revision ?? 0;
  return {
    plain: { ...recorded, workloads, services: recorded.services.filter(({ name }) => names.has(name)) },
    active,
    before,
    base,
  };
}

/** The plain workloads are there again, at a standstill, with what the plain version shares. */
export async function placePlain(run: Run, { plain, before, base }: Leaving): Promise<void> {
  const { helm, options, kubernetes, log, signal } = run;
  const { release, timeoutMs } = options;
  const [now, then] = await Promise.all([helm.recordedPart(release, base), helm.recordedPart(release, plain.revision)]);
  if (!now || !then) throw new StepFailure('helm-failed', `Helm no longer has revision ${base} of ${release}`);
  const services = await Promise.all(plain.services.map(({ name }) => kubernetes.get({ ...SERVICE, name })));
  const ports = new Map(services.flatMap((service) => (service ? [[service.metadata.name, service.spec?.ports ?? []] as const] : [])));
  const { part, stays } = await asFarAsPossible(leavingPart(before, now.part, plain, ports), [now.part], kubernetes);
  for (const one of stays) log.warning(stayText(one));
  const description = `todo-deploy: the base with the workloads of ${plain.version}`;
  await helm.apply({ release, part, values: then.values, description, timeoutMs, noHooks: true, signal });
}

/** As many pods as the color runs. Workers wait for the switch. */
export async function startPlain(run: Run, { plain }: Leaving): Promise<void> {
  for (const workload of serving(plain)) {
    await scale(run.kubernetes, workload, workload.replicas);
    run.log.info(`${workload.kind}/${workload.name} starts with ${workload.replicas} replicas`);
  }
}

const serving = ({ workloads }: PlainApp) =>
  workloads.flatMap((workload) => {
    const kind = scaledKind(workload);
    return kind !== undefined && !workload.worker && workload.replicas > 0 ? [{ ...workload, kind }] : [];
  });

/** The plain workloads, and what the plain version has in place and ours had changed. */
export async function waitForPlain(run: Run, { plain, before, base }: Leaving): Promise<void> {
  const now = await run.helm.recordedPart(run.options.release, base);
  const own = serving(plain).map(({ kind, name }) => ({ kind, name, shared: false }));
  const ours = now ? unpack(now.part).map(({ object }) => object) : [];
  const inPlace = before
    .filter(
      (object) => !runsOnce(object) && !plain.workloads.some(({ kind, name }) => kind === object.kind && name === object.metadata.name),
    )
    .flatMap((object) => changedWorkload(object, ours) ?? []);
  const expected = [...own, ...inPlace.map((one) => ({ ...one, shared: true }))];
  await replacingStuckPods(run, inPlace, () => waitReady(expected, run, { signal: run.signal, limitMs: run.options.timeoutMs }));
}

/** Its Services with the selectors that lead to these very pods. Errors: `StepFailure` where a Service would lead to others. */
export async function pinsNow(run: Pick<Run, 'kubernetes'>, { plain }: Leaving): Promise<PlainService[]> {
  const pods = (await run.kubernetes.list(POD)).items.filter(isPlain);
  return plain.services.map(({ name, selector, stage }) => {
    const pin = pinOf({ ...SERVICE, metadata: { name }, spec: { selector } }, { pods, replicaSets: [] }, []);
    if ('pinned' in pin) return { ...pin, ...(stage !== undefined && { stage }) };
    throw new StepFailure('switch-failed', `${pin.object} ${pin.message}`, { hint: pin.hint });
  });
}

export const isPlain = ({ metadata }: Pod): boolean => metadata.labels?.[COLOR_LABEL] === undefined;

/** What each Service selects now, and what it will. */
export async function plainMoves(run: Pick<Run, 'kubernetes'>, plain: PlainApp, before: readonly KubernetesObject[]): Promise<SeenMove[]> {
  return Promise.all(
    plain.services.map(async ({ name, pinned }) => {
      const service = await run.kubernetes.get({ ...SERVICE, name });
      if (!service) throw new StepFailure('switch-failed', `The Service ${name} is not in the cluster`);
      const live: ServicePort[] = service.spec?.ports ?? [];
      const recorded = before.find((object) => isA(object, SERVICE) && object.metadata.name === name);
      const ports = (recorded?.spec as { ports?: ServicePort[] } | undefined)?.ports ?? live;
      return {
        name,
        from: service.spec?.selector ?? null,
        to: pinned,
        ports: samePorts(live, ports) ? undefined : { from: live, to: keepNodePorts(ports, live) },
        resourceVersion: service.metadata.resourceVersion ?? '',
      };
    }),
  );
}

/** Users to the plain pods; workers in one of both at a time. Returns how long it took, ms. */
export async function moveToPlain(run: Run, { plain, active }: Leaving, moves: readonly SeenMove[]): Promise<number> {
  const started = run.clock.now();
  await switchInStages(moves, plain, run, { inwards: true });
  const routes = moves.map(({ name, to }) => ({ service: name, selector: to }));
  await proveRoutes(routes, run, { signal: run.signal, limitMs: FOLLOW_LIMIT_MS });
  const took = run.clock.now() - started;
  await setWorkers(run, active, false);
  await setPlainWorkers(run, plain, true);
  await kubeProxyFollows(run);
  return took;
}

/** Users are on the plain pods for good: nothing of the product is left but an empty journal. May be repeated. */
export async function leaveForGood(run: AppContext, plain: PlainApp): Promise<void> {
  for (const color of COLORS) await removeColor(run, color);
  // Autoscalers and budgets are Helm's to apply now, like everything else that the plain revision holds.
  await backToPlain(run, { ...plain, others: [] }, 'blue');
}
