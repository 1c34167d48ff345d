import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { colorServiceName } from '../../split/index.ts';
import type { Color } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { takeoverLines } from '../adoption/plan.ts';
import { expansionOf } from '../base/apply.ts';
import { diffObjects, type ObjectChange } from '../kube/diff.ts';
import { colorRelease, describe, SERVICE, selectedColor } from '../kube/names.ts';
import type { DryRun } from '../run/outcome.ts';
import type { Plan, Run } from '../run/run.ts';
import { wantedAccess } from './access.ts';
import { requireFeasible } from './feasible.ts';
import { makePlan, type Preflight } from './plan.ts';
import { rolesFor } from './role.ts';
import { storedBy } from './sizes.ts';
import { whySuperseded } from './superseded.ts';
import { isUnchanged } from './unchanged.ts';

type Reader = Pick<Run, 'kubernetes' | 'helm' | 'options' | 'journal'>;

/** Renders, splits, validates and compares; writes nothing. Errors: those of the preflight. */
export async function dryRun(run: Preflight): Promise<{ plan: Plan; dry: DryRun }> {
  const plan = await makePlan(run);
  const later = [...(plan.apart === undefined ? [] : [APART]), ...(await requireFeasible(run, plan))];
  const superseded = (await whySuperseded(run, plan)) !== undefined;
  const verdict = superseded ? 'superseded' : (await isUnchanged(run, plan)) ? 'unchanged' : 'deploy';
  for (const line of later) run.log.info(line);
  return { plan, dry: { ...(await dryRunOf(run, plan, verdict)), later } };
}

const APART =
  "The cluster does not know all of the chart's kinds yet: it was rendered without the cluster (lookup finds nothing, Capabilities are Helm's own). A deploy creates the definitions first, and renders it with them";

/** What carrying out this plan would do. */
export async function dryRunOf(run: Reader, plan: Plan, verdict: DryRun['verdict']): Promise<DryRun> {
  const { split, color, active } = plan;
  const access = await wantedAccess(run, [...split.baseObjects, ...split.colorObjects]);
  const services = await Promise.all(
    split.services.map(async ({ name }) => ({
      name,
      from: selectedColor((await run.kubernetes.get({ ...SERVICE, name }))?.spec?.selector),
      to: color,
    })),
  );
  return {
    version: run.options.version,
    color,
    active,
    verdict,
    base: split.baseObjects.map(describe),
    colored: split.colorObjects.map(describe),
    hooks: split.hooks,
    services,
    inPlace: split.inPlace,
    colorless: split.colorless,
    takeover: plan.plain && takeoverLines(plan.plain, color),
    images: split.images,
    changes: await compare(run, plan),
    waits: await waitsOf(run, plan),
    stored: (await storedBy(run, plan)).map(({ what, bytes }) => ({ what, bytes })),
    role: rolesFor(run.options.release, access),
    access: access.map(
      ({ verb, group, resource, subresource }) => `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`,
    ),
  };
}

async function waitsOf(run: Reader, plan: Plan): Promise<DryRun['waits']> {
  if (plan.base === 'same') return [];
  const { waiting } = await expansionOf(run, plan);
  return waiting.map(({ wave, text }) => ({ when: wave, change: text }));
}

/** Against the recorded parts of what serves now; the color is compared under the name of the one that serves. */
async function compare(run: Reader, plan: Plan): Promise<ObjectChange[]> {
  const { helm, options } = run;
  const recorded = async (release: string): Promise<KubernetesObject[]> => {
    const found = await helm.recordedPart(release);
    return found ? unpack(found.part).map(({ object }) => object) : [];
  };
  const before = plan.plain ? unpack(plan.plain.before).map(({ object }) => object) : await recorded(options.release);
  const base = diffObjects(before, plan.split.baseObjects);
  if (!plan.active) return [...base, ...diffObjects([], plan.split.colorObjects)];
  const addresses = await colorAddresses(run, plan, plan.active);
  const same = plan.splitFor(plan.active, addresses);
  return [...base, ...diffObjects(await recorded(colorRelease(options.release, plan.active)), same.colorObjects)];
}

async function colorAddresses({ kubernetes }: Reader, plan: Plan, color: Color): Promise<Record<string, string>> {
  const entries = await Promise.all(
    plan.split.services.map(
      async ({ name }) => [name, (await kubernetes.get({ ...SERVICE, name: colorServiceName(name, color) }))?.spec?.clusterIP] as const,
    ),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
