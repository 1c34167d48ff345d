import { HttpError } from '../../interfaces/errors.ts';
import { colorServiceName } from '../../split/index.ts';
import type { Color } from '../../split/model.ts';
import { colorRelease, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

/** On a color Service: the revision of its color's Helm release that did not pass. A later one of the same color is another try. */
const GIVEN_UP = 'todo-deploy.dev/given-up';

type Context = Pick<AppContext, 'kubernetes' | 'helm' | 'options'>;

/**
 * A first version that did not pass is marked before its Services lead nowhere: should the journal be lost, nothing else tells it from one
 * that served and whose Service somebody deleted.
 */
export async function markGivenUp(run: Context, color: Color, services: readonly string[]): Promise<void> {
  const revision = await newestRevision(run, color);
  const metadata = { annotations: { [GIVEN_UP]: String(revision) } };
  await Promise.all(
    services.map((name) =>
      run.kubernetes.patch({ ...SERVICE, name: colorServiceName(name, color) }, { metadata }, { type: 'merge' }).catch(exceptGone),
    ),
  );
}

/** Whether the newest revision of a color is marked as one that did not pass. */
export async function isGivenUp(run: Context, color: Color, services: readonly string[]): Promise<boolean> {
  const names = new Set(services.map((name) => colorServiceName(name, color)));
  const [revision, { items }] = await Promise.all([newestRevision(run, color), run.kubernetes.list(SERVICE)]);
  return items.some(({ metadata }) => names.has(metadata.name) && metadata.annotations?.[GIVEN_UP] === String(revision));
}

const newestRevision = async ({ helm, options }: Context, color: Color): Promise<number> =>
  Math.max(0, ...(await helm.history(colorRelease(options.release, color))).map(({ revision }) => revision));

function exceptGone(error: unknown): void {
  if (!(error instanceof HttpError && error.status === 404)) throw error;
}
