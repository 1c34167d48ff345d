import { messageOf } from '../../interfaces/values.ts';
import { baseRecordOf } from '../../split/part/base-record.ts';
import type { AppContext } from '../run/run.ts';
import type { InFlight } from '../state/model.ts';
import { ownPart } from './recorded.ts';

/**
 * With a switch back: what had changed with the switch (front doors, configuration that is read by name) is again as it was until then. All
 * else of the base goes back later, so that a failure here is a warning.
 */
export async function returnBase({ helm, options, log, report }: AppContext, { baseBefore }: Pick<InFlight, 'baseBefore'>): Promise<void> {
  if (baseBefore === undefined) return;
  const { release, timeoutMs } = options;
  try {
    const newest = (await helm.history(release)).at(-1);
    const moved = newest && ownPart(await helm.recordedPart(release, newest.revision));
    const expanded = moved && baseRecordOf(moved.part)?.expanded;
    const before = expanded === undefined ? undefined : await helm.recordedPart(release, expanded);
    if (!before) return;
    await helm.clearPending(release);
    const description = `todo-deploy: base, back to revision ${expanded} with the switch`;
    await helm.apply({ release, ...before, description, timeoutMs, noHooks: true });
  } catch (error) {
    const message = `What changes with the switch, such as an Ingress, is not back yet (${messageOf(error)})`;
    log.warning(message);
    report.notes.push(message);
  }
}
