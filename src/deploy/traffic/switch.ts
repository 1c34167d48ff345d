import type { SplitResult } from '../../split/model.ts';
import { type AppliedBase, moveBase } from '../base/apply.ts';
import { sharedRoutes } from '../base/services.ts';
import { holdAutoscalers } from '../color/autoscalers.ts';
import { setPlainWorkers } from '../color/plain-workers.ts';
import { moveWorkers, type StartedWorker } from '../color/workers.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { isAsleep } from '../kube/asleep.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { colorWorkloads } from '../kube/live.ts';
import { isInPlace } from '../run/in-place.ts';
import { phase } from '../run/phase.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import { baseMoved } from '../state/base-entries.ts';
import { enter } from '../state/journal.ts';
import { sinceFirstLead } from './first-lead.ts';
import type { FrontDoor } from './front-door.ts';
import { type RoutesBefore, requireRoutesTaken } from './route-status.ts';
import { proveRoutes } from './routes.ts';
import { planMoves, type SeenMove, switchServices } from './selectors.ts';
import { switchInStages } from './stages.ts';

const FOLLOW_LIMIT_MS = 30_000;
const VERSION_LIMIT_MS = 30_000;
/** This many answers in a row must be the new version's. */
const VERSION_RESPONSES = 5;

/** What the switch moves: Services, and the base that changes with them. */
interface Moving {
  split: SplitResult;
  base: AppliedBase;
  /** Of Gateways, as they were before this run. */
  routes: RoutesBefore;
}

/**
 * Moves every stable Service to the new color and proves that traffic follows. What each selected before is in the journal by then. Returns
 * the workers that were started: users do not wait for them.
 */
export async function switchTraffic(
  run: Run,
  plan: Plan,
  { split, base, routes }: Moving,
  door: Promise<FrontDoor | undefined>,
): Promise<StartedWorker[]> {
  let moves: SeenMove[] = [];
  const title = isInPlace(plan)
    ? `Lead front doors to ${run.options.version}`
    : `Switch users to ${plan.split.colorless ? run.options.version : plan.color}`;
  return phase(run, 'switch', title, (record) => move(run, plan, { moves, base, routes }, door, record), {
    entry: async () => {
      if (plan.active) await holdLive(run, plan.active);
      const shared = plan.active ? await sharedRoutes(run, split) : [];
      const off = await asleep(run, plan);
      const lists = [planMoves(split.services, plan.color, run.kubernetes, off), planMoves(shared, undefined, run.kubernetes, off)];
      moves = sinceFirstLead((await Promise.all(lists)).flat(), run);
      return (journal) => enter(journal, 'switch', { services: moves.map(({ resourceVersion: _, ...move }) => move) });
    },
  });
}

async function move(
  run: Run,
  plan: Plan,
  { moves, base, routes: before }: { moves: readonly SeenMove[] } & Omit<Moving, 'split'>,
  door: Promise<FrontDoor | undefined>,
  record: StepRecord,
): Promise<StartedWorker[]> {
  run.signal.throwIfAborted();
  const started = run.clock.now();
  if (plan.plain) await switchInStages(moves, plan.plain.app, run);
  else await switchServices(moves, run);
  const routes = proveRoutes(routesOf(moves), run, { signal: run.signal, limitMs: FOLLOW_LIMIT_MS }).then(() => {
    if (!isInPlace(plan)) run.report.switchMs = run.clock.now() - started;
  });
  // Helm has ended before anything is switched back.
  for (const one of await Promise.allSettled([routes, moveRecorded(run, plan, base)])) if (one.status === 'rejected') throw one.reason;
  await requireRoutesTaken(run, plan, before, { resolved: true });
  if (plan.plain) await setPlainWorkers(run, plan.plain.app, false);
  const [workers] = await Promise.all([moveWorkers(run, plan.active, plan.color), kubeProxyFollows(run)]);
  const moved = isInPlace(plan) ? 'its Services lead to it' : `${moves.length} Services in ${run.report.switchMs} ms`;
  record.note = `${moved}${await proveVersion(run, await door)}`;
  return workers;
}

async function moveRecorded(run: Run, plan: Plan, base: AppliedBase): Promise<void> {
  const { revision } = await moveBase(run, plan, base);
  if (revision !== base.revision) await run.journal.update((journal) => baseMoved(journal, revision));
}

const routesOf = (moves: readonly SeenMove[]) =>
  moves.flatMap(({ name, to, asleep }) => (asleep?.to ? [] : [{ service: name, selector: to }]));

/** Which selectors lead to what the version has switched off, in the color that serves and in the new one. */
async function asleep({ kubernetes, options }: Run, plan: Plan): Promise<(selector: Record<string, string> | null) => boolean> {
  const colors = plan.active ? [plan.active, plan.color] : [plan.color];
  const workloads = await Promise.all(colors.map((color) => colorWorkloads(kubernetes, options.release, color)));
  const all = workloads.flatMap((one) => [...one.values()]);
  return (selector) => isAsleep(all, selector);
}

/** The old color keeps its size while it can be switched back to. */
async function holdLive(run: Run, color: NonNullable<Plan['active']>): Promise<void> {
  const live = await colorWorkloads(run.kubernetes, run.options.release, color);
  await holdAutoscalers(run, color, new Map([...live.values()].map((object) => [object.metadata.name, object.spec?.replicas ?? 1])));
}

/** Asks the front door until it answers from the new version. Returns what to add to the step's note. */
async function proveVersion(run: Run, door: FrontDoor | undefined): Promise<string> {
  const { versionHeader, version } = run.options;
  if (!versionHeader || !door) {
    run.report.notes.push(
      versionHeader
        ? 'Unproved: no front door could be asked which version answers; the endpoints say it is the new one.'
        : 'Unproved: answers carry no version (input "version-header"); the endpoints say the new one serves.',
    );
    return '';
  }
  const deadline = run.clock.now() + VERSION_LIMIT_MS;
  let seen = 'no answer';
  for (let inARow = 0; inARow < VERSION_RESPONSES; ) {
    if (run.clock.now() > deadline) {
      throw new StepFailure(
        'switch-failed',
        `The front door ${door.url} did not answer from version ${version}: ${versionHeader} was "${seen}"`,
        {
          hint: `Does every answer carry the header "${versionHeader}" with the deployed version?`,
        },
      );
    }
    seen = await servedVersion(run, door, versionHeader);
    inARow = sameVersion(seen, version) ? inARow + 1 : 0;
    await run.clock.sleep(inARow > 0 ? 20 : 250, run.signal);
  }
  return `, ${VERSION_RESPONSES} answers from ${version} in a row`;
}

async function servedVersion(run: Run, door: FrontDoor, header: string): Promise<string> {
  try {
    const response = await run.http.request({
      method: 'GET',
      url: door.url,
      timeoutMs: 5_000,
      signal: run.signal,
      address: door.address,
    });
    return response.headers[header.toLowerCase()] ?? `missing (status ${response.status})`;
  } catch (error) {
    run.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

/** A short SHA stands for its commit. */
export function sameVersion(seen: string, version: string): boolean {
  if (seen === version) return true;
  const [short, long] = seen.length < version.length ? [seen, version] : [version, seen];
  return short.length >= 7 && /^[0-9a-f]+$/i.test(short) && long.startsWith(short);
}
