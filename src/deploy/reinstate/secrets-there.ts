import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import { podReferences } from '../../split/kinds/references.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { SECRET } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import type { ReinstateOptions } from './model.ts';

type Deps = Pick<Run, 'kubernetes'> & { options: Pick<ReinstateOptions, 'secrets' | 'release'> };

/** Secrets that pods cannot do without come from the record, the input `secrets`, or are there. Errors: `StepFailure` that names the others. */
export async function requireSecrets({ kubernetes, options }: Deps, { split }: Plan): Promise<void> {
  const objects = [...split.baseObjects, ...split.colorObjects];
  const given = new Set([
    ...options.secrets.map(({ name }) => name),
    ...objects.filter(({ kind, apiVersion }) => kind === 'Secret' && apiVersion === 'v1').map(({ metadata }) => metadata.name),
  ]);
  const wanted = [...new Set(objects.flatMap(neededBy))].filter((name) => !given.has(name));
  const live = await Promise.all(wanted.map((name) => kubernetes.get({ ...SECRET, name })));
  const missing = wanted.filter((_, index) => live[index] === undefined);
  if (missing.length === 0) return;
  throw new StepFailure('missing-config', `"${options.release}" needs Secrets that are no part of its record: ${missing.join(', ')}`, {
    hint: `The input "secrets" brings them: ${missing[0]}/KEY=value. Those that an operator makes have to be there first.`,
  });
}

/** Those that its pods would not start without, or could not be pulled. */
function neededBy(object: KubernetesObject): string[] {
  const spec = podTemplateOf(object)?.spec;
  const optional = new Set([
    ...(spec?.volumes ?? []).flatMap(({ secret }) => (secret?.optional ? [secret.secretName ?? ''] : [])),
    ...containersOf(spec).flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef?.optional ? [valueFrom.secretKeyRef.name ?? ''] : [])),
      ...envFrom.flatMap(({ secretRef }) => (secretRef?.optional ? [secretRef.name ?? ''] : [])),
    ]),
  ]);
  return podReferences(spec).flatMap(({ kind, name }) => (kind === '/Secret' && !optional.has(name) ? [name] : []));
}
