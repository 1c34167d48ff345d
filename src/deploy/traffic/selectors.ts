import type { Clock } from '../../interfaces/clock.ts';
import { HttpError, LeaseLostError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Service } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import { COLOR_LABEL, type Color, FIELD_MANAGER, type ServicePlan, type ServicePort } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { SERVICE } from '../kube/names.ts';
import { keepNodePorts, samePorts } from '../kube/service-ports.ts';
import { sameSelector } from '../state/healing.ts';
import type { ServiceMove } from '../state/model.ts';

interface Deps {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
  /** Makes a Service that was deleted again, without a selector; returns whether it could. */
  make?: ((name: string) => Promise<boolean>) | undefined;
  /** One that nothing knows any more is said, and does not keep the others from going on. */
  evenLost?: boolean | undefined;
}

/** A Service's move with the resourceVersion that it was read at. */
export interface SeenMove extends ServiceMove {
  resourceVersion: string;
}

interface Target {
  name: string;
  /** null gives the selector up (as before a first deploy). */
  selector: Record<string, string> | null;
  ports?: ServicePort[] | undefined;
}

const RETRIES = 8;
const PAUSE_MS = 100;

/**
 * Reads Services before they are switched to `color`; without one, before their selectors are given back to the chart. `asleep` says which
 * selectors lead to what a version has switched off. Errors: `StepFailure` where one is missing.
 */
export async function planMoves(
  services: readonly ServicePlan[],
  color: Color | undefined,
  kubernetes: Kubernetes,
  asleep: (selector: Record<string, string> | null) => boolean,
): Promise<SeenMove[]> {
  return Promise.all(
    services.map(async ({ name, selector, ports }) => {
      const service = await kubernetes.get({ ...SERVICE, name });
      if (!service) {
        throw new StepFailure('switch-failed', `The Service ${name} is not in the cluster`, {
          hint: 'Was it deleted by hand? Deploy again.',
        });
      }
      const live: ServicePort[] = service.spec?.ports ?? [];
      const from = service.spec?.selector ?? null;
      const to = { ...selector, ...(color && { [COLOR_LABEL]: color }) };
      const off = { from: asleep(from), to: asleep(to) };
      return {
        name,
        from,
        to,
        asleep: off.from || off.to ? off : undefined,
        ports: samePorts(live, ports) ? undefined : { from: live, to: keepNodePorts(ports, live) },
        resourceVersion: service.metadata.resourceVersion ?? '',
      };
    }),
  );
}

/**
 * One patch per Service, sent together, each only if the Service still is as it was read. If one cannot be set, the others are put back.
 * Errors: `StepFailure` (switch-failed).
 */
export async function switchServices(moves: readonly SeenMove[], deps: Deps): Promise<void> {
  const results = await Promise.allSettled(
    moves.map((move) => setSelector({ name: move.name, selector: move.to, ports: move.ports?.to }, move, deps)),
  );
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: moves[index]?.name, error: result.reason }] : [],
  );
  if (failed.length === 0) return;
  const names = failed.map((one) => one.name).join(', ');
  deps.log.warning(`The selector of ${names} could not be set: the other Services are put back`);
  await restoreServices(moves, deps);
  throw new StepFailure('switch-failed', `The selector of Service ${names} could not be set: ${messageOf(failed[0]?.error)}`, {
    cause: failed[0]?.error,
  });
}

/** Restores what Services selected before, whatever they select now; tries until `limitMs`. Errors: that of the last try. */
export const restoreServices = (moves: readonly ServiceMove[], deps: Deps, limitMs = 60_000): Promise<void> =>
  force(
    moves.map(({ name, from, ports }) => ({ name, selector: from, ports: ports?.from })),
    deps,
    limitMs,
  );

/** Sets what Services were to select, whatever they select now. */
export const completeSwitch = (moves: readonly ServiceMove[], deps: Deps, limitMs = 60_000): Promise<void> =>
  force(
    moves.map(({ name, to, ports }) => ({ name, selector: to, ports: ports?.to })),
    deps,
    limitMs,
  );

async function force(targets: readonly Target[], deps: Deps, limitMs: number): Promise<void> {
  await Promise.all(targets.map((target) => persist(() => setOrMake(target, deps), deps, limitMs)));
}

/** A Service that somebody has deleted is made again; one that selected nothing, or that nothing recorded, is not missed. */
async function setOrMake(target: Target, deps: Deps): Promise<void> {
  try {
    await setSelector(target, undefined, deps);
  } catch (error) {
    const { kubernetes, log, make, evenLost } = deps;
    if (!(error instanceof HttpError) || ![404, 422].includes(error.status) || (await kubernetes.get({ ...SERVICE, name: target.name }))) {
      throw error;
    }
    if (target.selector === null) return;
    if (!(await make?.(target.name))) {
      if (!evenLost) throw error;
      log.warning(`Service ${target.name} was gone, and no record of it is left: the next deploy makes it`);
      return;
    }
    log.warning(`Service ${target.name} was gone: it is made again`);
    await setSelector({ ...target, ports: undefined }, undefined, deps);
  }
}

/**
 * A Service with no known state before is set in any case; one with, only while nobody else changed its selector. A write that was refused, or
 * whose answer was lost, says nothing yet: the Service is read again.
 */
async function setSelector(target: Target, expected: SeenMove | undefined, { kubernetes, clock }: Deps): Promise<void> {
  let resourceVersion = expected?.resourceVersion;
  for (let attempt = 1; ; attempt++) {
    try {
      if (target.ports) await setPorts({ ...target, ports: target.ports }, kubernetes, resourceVersion);
      else await own(target, kubernetes, resourceVersion);
      return;
    } catch (error) {
      if (!(error instanceof HttpError) || !saysNothing(error) || attempt >= RETRIES) throw error;
      if (error.status !== 409) await clock.sleep(attempt * PAUSE_MS);
      const now = await kubernetes.get({ ...SERVICE, name: target.name });
      const arrived =
        sameSelector(now?.spec?.selector, target.selector) && (!target.ports || samePorts(now?.spec?.ports ?? [], target.ports));
      if (now && arrived) return await disown(await own(target, kubernetes, undefined), kubernetes);
      // Something else of the Service changed (status, annotations): fine as long as the selector is what we saw.
      if (expected && !sameSelector(now?.spec?.selector, expected.from)) {
        throw new StepFailure('switch-failed', `Someone else changed the selector of Service ${target.name} during the switch`, {
          cause: error,
        });
      }
      resourceVersion = now?.metadata.resourceVersion;
    }
  }
}

/** Refused for what it was conditional on, or without an answer. */
const saysNothing = ({ status }: HttpError): boolean => status === 409 || status === 0 || status >= 500;

/** The selector alone, as this product's field. */
const own = (target: Target, kubernetes: Kubernetes, resourceVersion: string | undefined): Promise<Service> =>
  kubernetes.apply(selectorPatch(target, kubernetes.namespace, resourceVersion), { fieldManager: FIELD_MANAGER, force: true });

/**
 * Selector and ports in one update: a merge of lists, as server-side apply does it, would keep ports that go. Then the selector alone is
 * applied as usual, and the update owns nothing any more: a port of ours would stay beside those that Helm applies later.
 */
async function setPorts(
  target: Target & { ports: ServicePort[] },
  kubernetes: Kubernetes,
  resourceVersion: string | undefined,
): Promise<void> {
  const { name, selector, ports } = target;
  const body = [
    // Another value than the live one is a conflict: this makes the patch conditional.
    ...(resourceVersion ? [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }] : []),
    { op: 'add', path: '/spec/selector', value: selector ?? {} },
    { op: 'add', path: '/spec/ports', value: ports },
  ];
  const updated = await kubernetes.patch({ ...SERVICE, name }, body, { type: 'json', fieldManager: FIELD_MANAGER });
  await disown(await own(target, kubernetes, updated.metadata.resourceVersion), kubernetes);
}

async function disown({ metadata }: Service, kubernetes: Kubernetes): Promise<void> {
  const { name, resourceVersion, managedFields = [] } = metadata;
  const others = managedFields.filter(
    ({ manager, operation, subresource }) => manager !== FIELD_MANAGER || operation !== 'Update' || subresource !== undefined,
  );
  if (others.length === managedFields.length) return;
  const body = [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: others },
  ];
  await kubernetes.patch({ ...SERVICE, name }, body, { type: 'json', fieldManager: FIELD_MANAGER });
}

/** Server-side apply of nothing but the selector: this product owns it alone, Helm owns the rest. */
function selectorPatch(target: Target, namespace: string, resourceVersion: string | undefined): Service {
  return {
    ...SERVICE,
    metadata: { name: target.name, namespace, resourceVersion: resourceVersion || undefined },
    ...(target.selector && { spec: { selector: target.selector } }),
  };
}

async function persist(body: () => Promise<void>, { clock }: Deps, limitMs: number): Promise<void> {
  const deadline = clock.now() + limitMs;
  for (let pause = 200; ; pause = Math.min(pause * 2, 3_000)) {
    try {
      await body();
      return;
    } catch (error) {
      if (error instanceof LeaseLostError || clock.now() + pause > deadline) throw error;
      await clock.sleep(pause);
    }
  }
}
