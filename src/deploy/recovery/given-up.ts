import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Color } from '../../split/model.ts';
import { colorRelease, colorSelector, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

/** On a color Service: the revision of its color's Helm release that did not pass. A later one of the same color is another try. */
export const GIVEN_UP = 'todo-deploy.dev/given-up';

type Context = Pick<AppContext, 'kubernetes' | 'helm' | 'options'>;

/**
 * A version that did not pass is marked before it stops, a first one before its Services lead nowhere: should the journal be lost, nothing else
 * tells it from one that served.
 */
export async function markGivenUp(run: Context, color: Color): Promise<void> {
  const services = await servicesOf(run, color);
  if (services.length === 0) return;
  const metadata = { annotations: { [GIVEN_UP]: String(await newestRevision(run, color)) } };
  await Promise.all(
    services.map(({ metadata: { name } }) => run.kubernetes.patch({ ...SERVICE, name }, { metadata }, { type: 'merge' }).catch(exceptGone)),
  );
}

/** The revisions of a color that are marked as ones that did not pass. */
export async function givenUp(run: Context, color: Color): Promise<Set<number>> {
  const services = await servicesOf(run, color);
  return new Set(services.flatMap(({ metadata }) => metadata.annotations?.[GIVEN_UP] ?? []).map(Number));
}

const servicesOf = async ({ kubernetes, options }: Context, color: Color): Promise<KubernetesObject[]> =>
  (await kubernetes.list(SERVICE, { labelSelector: colorSelector(options.release, color) })).items;

const newestRevision = async ({ helm, options }: Context, color: Color): Promise<number> =>
  Math.max(0, ...(await helm.history(colorRelease(options.release, color))).map(({ revision }) => revision));

function exceptGone(error: unknown): void {
  if (!(error instanceof HttpError && error.status === 404)) throw error;
}
