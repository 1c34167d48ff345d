import { messageOf } from '../../interfaces/values.ts';
import { advanced, baseRecordOf } from '../../split/part/base-record.ts';
import type { AppContext } from '../run/run.ts';

const TRIES = 2;
const PAUSE_MS = 3_000;

/**
 * Applies what waited for the old color, by what the base's own release recorded: removed objects go. Without hooks: they ran with the
 * expansion. Returns the base as it is then; undefined where nothing waits, or where it cannot be applied: that is a warning, since the new
 * version serves, and the next deploy applies the base again.
 */
export async function contractBase(
  run: Pick<AppContext, 'helm' | 'options' | 'log' | 'report' | 'clock'>,
): Promise<{ baseHash: string; baseRevision: number } | undefined> {
  const { helm, options, log, report } = run;
  const { release, timeoutMs } = options;
  const recorded = await helm.recordedPart(release);
  const record = recorded && baseRecordOf(recorded.part);
  if (!recorded || !record?.waiting) return undefined;
  const part = advanced(recorded.part);
  const description = `todo-deploy: base of ${record.version}, the old color is gone`;
  for (let tried = 1; ; tried++) {
    try {
      const applied = await helm.apply({ release, part, values: recorded.values, description, timeoutMs, noHooks: true });
      return { baseHash: record.hash, baseRevision: applied.revision };
    } catch (error) {
      if (tried < TRIES) {
        await run.clock.sleep(PAUSE_MS);
        continue;
      }
      const message = `What the base of ${record.version} removes or restricts is not applied yet (${messageOf(error)}): the next deploy does it`;
      log.warning(message);
      report.notes.push(message);
      return undefined;
    }
  }
}
