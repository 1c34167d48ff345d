import { HttpError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import { sameSelector } from '../state/healing.ts';
import type { PlainApp, PlainObject } from '../state/plain.ts';
import { type SeenMove, switchServices } from '../traffic/selectors.ts';
import { holdPlainAutoscalers } from './autoscalers.ts';
import { KEEP } from './marks.ts';

/**
 * The plain app as it has to stand while a color comes up beside it: Helm leaves its workloads alone, its autoscalers take nothing away, its
 * Services lead to the very pods that serve now. What it was before is in the journal.
 */
export async function holdPlain(run: Run, { plain, values }: Plan): Promise<void> {
  if (!plain) return;
  if (plain.claim) await recordClaim(run, plain.claim, values);
  await hold(run, plain.app);
}

/** What kubectl made is Helm's from now on, just as it is: there is something to go back to. */
async function recordClaim({ helm, options, signal }: Run, part: PartChart, values: Plan['values']): Promise<void> {
  const description = 'todo-deploy: what kubectl applied';
  const { release, timeoutMs } = options;
  await helm.apply({ release, part, values, description, timeoutMs, noHooks: true, takeOwnership: true, signal });
}

async function hold(run: Run, plain: PlainApp): Promise<void> {
  for (const object of [...plain.workloads, ...plain.others]) await keep(run, object);
  await holdPlainAutoscalers(run, plain);
  await pinServices(run, plain);
}

async function keep({ kubernetes }: Run, object: PlainObject): Promise<void> {
  if (object.keptBefore) return;
  const body = { metadata: { annotations: { [KEEP]: 'keep' } } };
  await kubernetes.patch(object, body, { type: 'merge', fieldManager: FIELD_MANAGER }).catch((error: unknown) => {
    if (!(error instanceof HttpError && error.status === 404)) throw error;
  });
}

async function pinServices(run: Run, { services }: PlainApp): Promise<void> {
  const moves = await Promise.all(
    services.map(async ({ name, selector, pinned }): Promise<SeenMove[]> => {
      const live = await run.kubernetes.get({ ...SERVICE, name });
      const from = live?.spec?.selector ?? null;
      if (live && sameSelector(from, pinned)) return [];
      if (!live || !sameSelector(from, selector)) {
        throw new StepFailure('state-unclear', `The Service ${name} no longer selects what it selected when the deploy began`, {
          hint: 'Someone else changes this app right now. Deploy again when they have finished.',
        });
      }
      return [{ name, from, to: pinned, resourceVersion: live.metadata.resourceVersion ?? '' }];
    }),
  );
  await switchServices(moves.flat(), run);
  for (const { name, pinned } of services) run.log.info(`Service ${name} is pinned to the pods that serve (${JSON.stringify(pinned)})`);
}
