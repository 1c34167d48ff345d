import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { uncoloredName } from '../../split/index.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import { runsOnce } from '../../split/kinds/rows.ts';
import { COLOR_LABEL, type SplitResult } from '../../split/model.ts';
import { hashOf } from '../../split/part/hash.ts';
import { describe } from '../kube/names.ts';
import type { Migration } from './model.ts';

/** On a hook Job: what it does to a schema cannot be undone. `true`, or better the name of the migration, such as `0042-drop-notes`. */
const IRREVERSIBLE_ANNOTATION = 'todo-deploy.dev/irreversible';

/** Pure: the Jobs among the hooks that this split will run, tests aside. */
export function migrationsOf({
  hooks,
  baseObjects,
  colorObjects,
}: Pick<SplitResult, 'hooks' | 'baseObjects' | 'colorObjects'>): Migration[] {
  const found = hooks
    .filter((hook) => hook.event !== 'test' && !hook.event.endsWith('-rollback'))
    .flatMap((hook) => (hook.part === 'base' ? baseObjects : colorObjects).find((object) => describe(object) === hook.object) ?? [])
    .filter(runsOnce)
    .map(migrationOf);
  return [...new Map(found.map((migration) => [migration.name, migration])).values()];
}

function migrationOf(job: KubernetesObject): Migration {
  const color = job.metadata.labels?.[COLOR_LABEL];
  const name = color === 'blue' || color === 'green' ? uncoloredName(job, color) : job.metadata.name;
  const mark = job.metadata.annotations?.[IRREVERSIBLE_ANNOTATION];
  return { name, hash: hashOf(work(job)), irreversible: mark === 'false' ? undefined : mark || undefined };
}

/** What the Job's containers do: not where it runs, nor which color it calls. */
function work(job: KubernetesObject): unknown {
  return containersOf(podTemplateOf(job)?.spec).map(({ image, command, args }) => ({ image, command, args }));
}

/** Pure: those that the version that serves has not had. What a failed deploy has begun counts as new: nobody knows how far it got. */
export function newOf(migrations: readonly Migration[], serving: { migrations?: Migration[] | undefined } | undefined): Migration[] {
  const had = new Set((serving?.migrations ?? []).filter(({ attempted }) => !attempted).map(keyOf));
  return migrations.filter((migration) => !had.has(keyOf(migration)));
}

const keyOf = ({ name, hash }: Migration): string => `${name} ${hash}`;

/**
 * Pure: what was migrated after a version served, newest first. `newer` are the history's entries above the target's; a Job that did the
 * same for the target already does not count.
 */
export function migrationsBetween(
  newer: readonly { migrations?: Migration[] | undefined }[],
  target: { migrations?: Migration[] | undefined },
): Migration[] {
  const known = new Set((target.migrations ?? []).map(keyOf));
  const between = newer.flatMap((entry) => (entry.migrations ?? []).toReversed()).filter((one) => !known.has(keyOf(one)));
  return [...new Map(between.map((one) => [keyOf(one), one])).values()];
}

/** Pure: those that cannot be undone. A named one that the target has seen too is behind it. */
export function irreversibleOf(between: readonly Migration[], target: { migrations?: Migration[] | undefined }): Migration[] {
  const seen = new Set((target.migrations ?? []).map((one) => one.irreversible).filter((mark) => mark !== 'true'));
  return between.filter((one) => one.irreversible !== undefined && !seen.has(one.irreversible));
}
