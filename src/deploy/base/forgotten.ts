import { AUTOSCALERS, RUN_ONCE, WORKLOADS } from '../../split/kinds/rows.ts';
import { advanced } from '../../split/part/base-record.ts';
import { unpack } from '../../split/part/pack.ts';
import { listed } from '../kube/kinds.ts';
import { identityOf } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { isOf, removeUnrecorded } from './leftovers.ts';
import { ownPart } from './recorded.ts';

/**
 * Workloads that Helm made for the base, and what scales them, go where no record names them: `helm uninstall` removes what the last revision
 * holds, and in the middle of a change that is not all that is there. Looked for only where records were lost. What may hold data stays, as
 * does what is to be kept.
 */
export async function removeForgotten(run: AppContext): Promise<void> {
  const { kubernetes, helm, journal, options } = run;
  if (!journal.journal.history.some(({ baseRevision }) => baseRevision === 0)) return;
  const last = (await helm.history(options.release)).filter(({ status }) => status === 'deployed').at(-1)?.revision;
  const recorded = last === undefined ? undefined : ownPart(await helm.recordedPart(options.release, last));
  if (!recorded) return;
  // What a part still keeps for a while is named by it.
  const named = [recorded.part, advanced(recorded.part)].flatMap((part) => unpack(part).map(({ object }) => identityOf(object)));
  const known = new Set(named);
  for (const kind of [...AUTOSCALERS, ...WORKLOADS, ...RUN_ONCE]) {
    const objects = (await listed(kubernetes, kind)).map((object) => ({ ...object, ...kind.ref }));
    const left = objects.filter((object) => isOf(object, options.release, kubernetes.namespace) && !known.has(identityOf(object)));
    await removeUnrecorded(run, left);
  }
}
