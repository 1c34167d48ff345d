import { HttpError } from '../../interfaces/errors.ts';
import { hasDigest } from '../../interfaces/image-reference.ts';
import { RECREATED } from '../../split/kinds/rows.ts';
import type { SplitResult } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { HOOK_ANNOTATION } from '../../split/read/hooks.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { colorRelease } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import { requireAccess } from './access.ts';
import { requireCapacity } from './capacity.ts';
import { requireOwnObjects } from './own-objects.ts';
import type { Preflight } from './plan.ts';
import { requireQuota } from './quota.ts';
import { requireSizes } from './sizes.ts';

/** What the checks need, of a deploy as of a rollback. */
type Feasibility = Omit<Preflight, 'options'> & Pick<Run, 'options'>;

/** Everything that can be known before anything is touched. Errors: `ConfigurationError`, `StepFailure`. */
export async function requireFeasible(run: Feasibility, plan: Plan): Promise<void> {
  const objects = [...plan.split.baseObjects, ...plan.split.colorObjects];
  // Rights first: without them the rest fails in ways that name no cause.
  await requireAccess(run, objects);
  await requireOwnObjects(run, plan);
  await Promise.all([
    requireImages(run, plan),
    requireQuota(run, plan),
    requireCapacity(run, plan),
    requireSizes(run, plan),
    requireValid(run, plan),
  ]);
}

async function requireImages(run: Feasibility, plan: Plan): Promise<void> {
  const missing = await missingImages(run, plan);
  if (missing.length === 0) return;
  throw new StepFailure('image-not-found', `The registry does not have ${missing.join(', ')}`, {
    hint: plan.rollback
      ? 'It was removed from the registry: roll back to another version (list: true shows them), or build that commit again.'
      : 'Was the image pushed, and is the input "registry" the same as for the build?',
  });
}

/** Images by digest that the registry says it does not have. */
export async function missingImages(run: Pick<Run, 'imageExists'>, plan: Plan): Promise<string[]> {
  const references = [...new Set(plan.split.images.map((entry) => entry.image).filter(hasDigest))];
  const found = await Promise.all(references.map(run.imageExists));
  return references.filter((_, index) => found[index] === 'no');
}

/** Helm deletes what the last run left of a hook: for the dry run hooks are new objects, or their immutable fields would count. */
function withFreshHooks(part: SplitResult['base']): SplitResult['base'] {
  const templates = unpack(part).map(({ file, object }) => {
    if (object.metadata.annotations?.[HOOK_ANNOTATION] === undefined) return [file, part.templates[file]];
    return [file, JSON.stringify({ ...object, metadata: { ...object.metadata, name: `${object.metadata.name.slice(0, 56)}-check` } })];
  });
  return { ...part, templates: Object.fromEntries(templates) };
}

/** What the API server does not accept is the chart's mistake, unless it names a quota or a right. */
function refusedBy(error: unknown, subject: string): unknown {
  if (!(error instanceof HttpError) || error.status < 400 || error.status >= 500) return error;
  const reason = /exceeded quota/i.test(error.message)
    ? 'quota-exceeded'
    : error.status === 403 && !/admission|PodSecurity|denied the request/i.test(error.message)
      ? 'access-denied'
      : /admission|PodSecurity|denied the request/i.test(error.message)
        ? 'admission-refused'
        : 'chart-invalid';
  return new StepFailure(reason, `The API server refuses ${subject}: ${refusals(error.message)}`, {
    hint: error.hint,
    cause: error,
    evidence: [{ title: 'API server', text: error.message }],
  });
}

/** One line per object; what the server compares below it is evidence. */
const refusals = (text: string): string => {
  const lines = text.split('\n').filter((line) => /^[A-Z]\w+\/\S+: /.test(line));
  return lines.length > 0 ? lines.join('; ') : (text.split('\n')[0] ?? '');
};

/** The API server's own opinion, by a dry run of both parts. */
export async function requireValid(run: Feasibility, plan: Plan): Promise<void> {
  const { helm, options, signal } = run;
  const apply = { values: plan.values, description: '', timeoutMs: options.timeoutMs, signal };
  const validate = async (release: string, part: SplitResult['base'], subject: string) => {
    try {
      const takeOwnership = plan.plain?.claim !== undefined || undefined;
      await helm.validate({ ...apply, release, part: withFreshHooks(part), takeOwnership }, RECREATED);
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(await helmFailure(error, subject, [], run.kubernetes), subject);
    }
  };
  await Promise.all([
    plan.base !== 'same' ? validate(options.release, plan.split.base, 'the base') : undefined,
    validate(colorRelease(options.release, plan.color), plan.split.color, `the color ${plan.color}`),
  ]);
}
