import type { SharedWorkload } from '../split/model.ts';
import { holdPlain } from './adoption/hold.ts';
import { type AppliedBase, baseRevision, expandBase } from './base/apply.ts';
import { touchedShared } from './base/touched.ts';
import { bake } from './checks/bake.ts';
import { proveIdle } from './checks/smoke.ts';
import { becomeReady } from './color/become-ready.ts';
import { placeColorServices, type RaisedColor, raiseColor, useWarmColor } from './color/raise.ts';
import { finish } from './finish.ts';
import { beginning, deployed } from './journal-entries.ts';
import { recover } from './recovery/recover.ts';
import { isInPlace } from './run/in-place.ts';
import { type DeployOutcome, outcomeOf } from './run/outcome.ts';
import { phase } from './run/phase.ts';
import type { Plan, Run, StepRecord } from './run/run.ts';
import { type Beginning, begin, prove } from './state/journal.ts';
import { watchExposure } from './traffic/exposure.ts';
import { type FirstLead, firstLead } from './traffic/first-lead.ts';
import { findFrontDoor, requireFrontDoor } from './traffic/front-door.ts';
import { leadBack } from './traffic/lead-back.ts';
import { type RoutesBefore, requireRoutesTaken, routesBefore } from './traffic/route-status.ts';
import { switchTraffic } from './traffic/switch.ts';

/** Base and color as they were applied. */
interface BroughtUp extends RaisedColor {
  plan: Plan;
  base: AppliedBase;
  routes: RoutesBefore;
  /** Workloads of the base that this run has changed, or was to prove. */
  touched: readonly SharedWorkload[];
}

/** What runs ahead of the base, and what has to be recorded before it, for another run to take it back. */
interface Ahead {
  record(): Promise<Pick<Beginning, 'secretsBefore'>>;
  act(): Promise<void>;
  /** Once the base is applied: what has to be there before the color comes up. */
  afterBase?(): Promise<void>;
}
const NOTHING_AHEAD: Ahead = { record: async () => ({}), act: async () => undefined };

/** From a plan to its version serving, or back to where it began: the same for a deploy and for a rollback. */
export async function carryOut(run: Run, plan: Plan, ahead = NOTHING_AHEAD): Promise<DeployOutcome> {
  const unwatch = watchExposure(run, plan);
  try {
    const up = await bringUp(run, plan, ahead);
    await moveUsers(run, up.plan, up);
    await finish(run, up.plan);
  } catch (error) {
    return await recover(run, plan, error);
  } finally {
    await unwatch();
  }
  return outcomeOf(run, plan, 'deployed');
}

/** Up to the proof of the idle color: no user notices any of this. */
async function bringUp(run: Run, planned: Plan, ahead: Ahead): Promise<BroughtUp> {
  const { options } = run;
  const { plan, base, routes, touched } = await phase(
    run,
    'base',
    isInPlace(planned) ? `Apply ${options.version} in place` : 'Apply what both colors share',
    async (record) => {
      const up = await bringBaseUp(run, planned, ahead, record);
      await ahead.afterBase?.();
      return up;
    },
    {
      entry: async () => {
        const revision = planned.base === 'same' ? undefined : await baseRevision(run, planned);
        const entry = { ...beginning(run, planned, revision), ...(await ahead.record()) };
        return (journal) => begin(journal, entry);
      },
    },
  );
  const lead = firstLead(run, plan);
  const raised = await phase(run, 'color', colorTitle(plan, options.version), () => bringColorUp(run, plan, lead), { entry: lead.entry });
  const subject = plan.split.colorless ? options.version : plan.color;
  const ready = await phase(run, 'ready', `Wait until ${subject} is ready`, (record) => becomeReady(run, plan, raised, touched, record));
  const checked = isInPlace(plan) ? `Check ${subject}` : `Check ${subject} before users see it`;
  await phase(run, 'smoke', checked, async (record) => {
    await proveIdle(run, plan, raised.split, record, touched);
    const entry = deployed(run, plan, { base, revision: ready.revision });
    await run.journal.update((journal) => prove(journal, entry));
  });
  return { ...ready, plan, base, routes, touched };
}

async function bringBaseUp(run: Run, planned: Plan, ahead: Ahead, record: StepRecord) {
  if (planned.plain) await holdPlain(run, planned);
  const plan = await placeColorServices(run, planned);
  await ahead.act();
  const routes = await routesBefore(run, plan);
  const touched = plan.base === 'first' || plan.split.colorless ? await touchedShared(run, plan) : [];
  if (plan.base === 'first') {
    const base = await expandBase(run, plan);
    await leadBack(run, plan);
    return { plan, touched, base, routes: await requireRoutesTaken(run, plan, routes, { resolved: false }) };
  }
  run.log.info(plan.base === 'same' ? 'Unchanged' : 'It is applied with the switch');
  record.result = 'skipped';
  // Of what a person has led users to, it is not known.
  const revision = plan.serving?.baseRevision || (await baseRevision(run, plan)) || 0;
  return { plan, touched, routes, base: { revision, waiting: [] } };
}

const colorTitle = ({ color, warm, split }: Plan, version: string): string => {
  if (split.colorless) return `Record ${version}: nothing of it runs in a color`;
  return warm ? `${color} already runs ${version}` : `Bring ${color} up with version ${version}`;
};

async function bringColorUp(run: Run, plan: Plan, lead: FirstLead): Promise<RaisedColor> {
  await lead.act();
  return plan.warm ? useWarmColor(run, plan, plan.warm.revision) : raiseColor(run, plan);
}

/** The switch, and the bake after which the new version may serve for good. */
async function moveUsers(run: Run, plan: Plan, raised: BroughtUp): Promise<void> {
  const finding = findFrontDoor(run, plan.split);
  finding.catch(() => undefined);
  // What a version was deployed with is checked where it can be: a rollback may come from another place, and does not wait for a name.
  if (!plan.rollback) requireFrontDoor(run, await finding, plan.firstDeploy);
  run.signal.throwIfAborted();
  const workers = await switchTraffic(run, plan, raised, finding);
  const door = await finding;
  const title = `Watch ${run.options.version} for ${run.options.bakeMs / 1000} s under real traffic`;
  await phase(run, 'bake', title, (record) => bake(run, plan, raised.split, { door, workers, record, inPlace: raised.touched }));
}
