import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { AUTOSCALERS, type Kind } from '../../split/kinds/rows.ts';
import { targetOf } from '../../split/kinds/targets.ts';
import { type Color, FIELD_MANAGER } from '../../split/model.ts';
import { colorObjects, refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { holding, releasing } from './held.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;
type Change = (object: KubernetesObject, kind: Kind) => object | undefined;
/** Reads the autoscalers of one kind, as they are at that moment. */
type Read = (kind: Kind) => Promise<KubernetesObject[]>;

const RETRIES = 5;

/** Keeps a color's autoscalers from scaling it down while it has no traffic but can be switched to: their minimum is what runs now. */
export const holdAutoscalers = (deps: Deps, color: Color, replicas: ReadonlyMap<string, number>): Promise<void> =>
  holdMinimums(deps, autoscalers(deps, color), replicas);

/** Restores the own minimum of held autoscalers, unless somebody has changed it meanwhile. */
export const releaseAutoscalers = (deps: Deps, color: Color): Promise<void> => releaseMinimums(deps, autoscalers(deps, color));

/** The same for whatever `read` finds; `replicas` by the name of what they scale. */
export async function holdMinimums(
  deps: Pick<Deps, 'kubernetes' | 'log'>,
  read: Read,
  replicas: ReadonlyMap<string, number>,
): Promise<void> {
  const wantedFor = (object: KubernetesObject): number => replicas.get(targetOf(object)?.name ?? '') ?? 0;
  const held = await changeEach(deps, read, (object, kind) => {
    const wanted = wantedFor(object);
    return wanted > 0 ? holding(object, kind, wanted) : undefined;
  });
  for (const object of held) deps.log.info(`${describe(object)} keeps at least ${wantedFor(object)} replicas until the deploy ends`);
}

export async function releaseMinimums(deps: Pick<Deps, 'kubernetes'>, read: Read): Promise<void> {
  await changeEach(deps, read, releasing);
}

/** Patches each as it is at that moment: whoever changes it in between is read again. Returns those that were changed. */
async function changeEach(deps: Pick<Deps, 'kubernetes'>, read: Read, change: Change): Promise<KubernetesObject[]> {
  const changed: KubernetesObject[] = [];
  for (const kind of AUTOSCALERS) {
    for (let attempt = 1; ; attempt++) {
      const results = await Promise.all((await read(kind)).map((object) => patch(deps, object, change(object, kind))));
      changed.push(...results.flatMap((result) => (result === 'conflict' || result === undefined ? [] : [result])));
      if (!results.includes('conflict')) break;
      if (attempt >= RETRIES) throw new Error(`${kind.ref.kind}s are changed by somebody else all the time`);
    }
  }
  return changed;
}

/** Not those that another autoscaler has made, and keeps as it wants them. */
const autoscalers =
  ({ kubernetes, options }: Deps, color: Color): Read =>
  async (kind) => {
    const objects = await colorObjects(kubernetes, options.release, color, kind);
    return objects.filter(({ metadata }) => metadata.ownerReferences?.some(({ controller }) => controller) !== true);
  };

async function patch({ kubernetes }: Pick<Deps, 'kubernetes'>, object: KubernetesObject, body: object | undefined) {
  if (body === undefined) return undefined;
  const { resourceVersion } = object.metadata;
  const metadata = { ...(body as Partial<KubernetesObject>).metadata, resourceVersion };
  try {
    await kubernetes.patch(refOf(object), { ...body, metadata }, { type: 'merge', fieldManager: FIELD_MANAGER });
    return object;
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) return 'conflict';
    // Its color is being removed, or KEDA is.
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}
