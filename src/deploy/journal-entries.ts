import type { AppliedBase } from './base/apply.ts';
import { isInPlace } from './run/in-place.ts';
import type { Plan, Run } from './run/run.ts';
import type { Beginning } from './state/journal.ts';
import { migrationsOf } from './state/migrations.ts';
import type { Deployed, Migration } from './state/model.ts';

/** What the journal says of a run before it acts. */
export function beginning(run: Run, plan: Plan, baseBefore: number | undefined): Beginning {
  const { who, version, keepOld, drainMs } = run.options;
  const migrations = recorded(plan);
  return {
    holder: who.holder,
    runUrl: who.runUrl,
    actor: who.actor,
    startedAt: new Date(run.clock.now()).toISOString(),
    version,
    color: plan.color,
    previousColor: plan.unserved ? undefined : plan.active,
    unserved: plan.unserved ? plan.active : undefined,
    plain: plan.plain?.app,
    baseBefore,
    keepOld,
    drainMs,
    partHash: plan.split.partHash,
    baseHash: plan.split.baseHash,
    migrations: migrations.length > 0 ? migrations : undefined,
    warm: plan.warm ? true : undefined,
    inPlace: isInPlace(plan) || undefined,
  };
}

/** What the journal keeps of a version that passed its checks, and serves from then on: enough to roll back to it. */
export function deployed(run: Run, plan: Plan, applied: { base: AppliedBase; revision: number }): Deployed {
  const { split } = plan;
  const { who, version, smoke, versionHeader } = run.options;
  const migrations = recorded(plan);
  return {
    version,
    color: plan.color,
    at: new Date(run.clock.now()).toISOString(),
    actor: who.actor,
    runUrl: who.runUrl,
    partHash: split.partHash,
    // Not the whole of it yet: a run that is killed before the contraction leaves a base that counts as changed.
    baseHash: applied.base.waiting.length > 0 || plan.base === 'last' ? '' : split.baseHash,
    baseRevision: applied.base.revision,
    colorRevision: applied.revision,
    images: [...new Set(split.images.map((entry) => entry.image))],
    services: split.services.map((service) => service.name),
    replicas: Object.fromEntries(split.workloads.flatMap(({ name, replicas }) => (replicas === undefined ? [] : [[name, replicas]]))),
    smoke: [...smoke],
    url: run.report.url || undefined,
    versionHeader,
    migrations: migrations.length > 0 ? migrations : undefined,
    rollback: plan.rollback,
    inPlace: split.colorless || undefined,
  };
}

/** With the backup that was taken before them. */
const recorded = ({ split, backup }: Plan): Migration[] =>
  migrationsOf(split).map((migration) => ({ ...migration, ...(backup && { backup }) }));
