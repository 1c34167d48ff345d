import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { keyOf } from '../../split/kinds/objects.ts';
import { AUTOSCALERS, type Kind, RUN_ONCE, WORKLOADS } from '../../split/kinds/rows.ts';
import { advanced } from '../../split/part/base-record.ts';
import { unpack } from '../../split/part/pack.ts';
import { listed, refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { isOf } from './leftovers.ts';
import { ownPart } from './recorded.ts';

/** What runs, and what scales it. What may hold data stays: nobody can tell whether it is missed. */
const KINDS: readonly Kind[] = [...AUTOSCALERS, ...WORKLOADS, ...RUN_ONCE];

/**
 * What Helm made for the base and no record names goes: `helm uninstall` removes what the last revision holds, and in the middle of a change
 * that is not all that is there. Looked for only where records were lost.
 */
export async function removeForgotten(run: AppContext): Promise<void> {
  const { kubernetes, helm, journal, options } = run;
  if (!journal.journal.history.some(({ baseRevision }) => baseRevision === 0)) return;
  const last = (await helm.history(options.release)).filter(({ status }) => status === 'deployed').at(-1)?.revision;
  const recorded = last === undefined ? undefined : ownPart(await helm.recordedPart(options.release, last));
  if (!recorded) return;
  // What a part still keeps for a while is named by it.
  const named = [recorded.part, advanced(recorded.part)].flatMap((part) => unpack(part).map(({ object }) => object));
  await removeUnnamed(run, { release: options.release, named, read: (kind) => listed(kubernetes, kind) });
}

interface Unnamed {
  /** Helm's. */
  release: string;
  named: readonly KubernetesObject[];
  /** Objects of a kind that may be the release's. */
  read: (kind: Kind) => Promise<KubernetesObject[]>;
}

/**
 * Removes what bears Helm's marks of a release and is not named. What a controller has made is its own, whatever it has copied (KEDA's
 * autoscalers have the annotations of their ScaledObject). What cannot be removed is a warning.
 */
export async function removeUnnamed(
  { kubernetes, log }: Pick<AppContext, 'kubernetes' | 'log'>,
  { release, named, read }: Unnamed,
): Promise<void> {
  const { namespace } = kubernetes;
  const known = new Set(named.map((object) => keyOf(object, namespace)));
  const isLeft = (object: KubernetesObject): boolean =>
    isOf(object, release, namespace) && !isControlled(object) && !known.has(keyOf(object, namespace));
  for (const kind of KINDS) {
    const objects = (await read(kind)).map((object) => ({ ...object, ...kind.ref }));
    for (const object of objects.filter(isLeft)) {
      const what = `${describe(object)}, which no revision of Helm's knows any more,`;
      try {
        await kubernetes.delete(refOf(object), { propagation: 'Background', uid: object.metadata.uid });
        log.info(`${what} is removed`);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        // It is gone, or another one of that name has come.
        if (error.status !== 404 && error.status !== 409) log.warning(`${what} could not be removed: ${error.message}`);
      }
    }
  }
}

const isControlled = ({ metadata }: KubernetesObject): boolean => metadata.ownerReferences?.some(({ controller }) => controller) === true;
