import type { Migration } from '../state/model.ts';

interface Known {
  /** ms since the epoch. */
  now: number;
  drilled?: ((backup: string) => Promise<boolean>) | undefined;
}

/** The other way back over migrations that cannot be undone, newest first: the backup from before the first of them, in a sentence. */
export async function wayWithData(
  { release, namespace }: { release: string; namespace: string },
  irreversible: readonly Migration[],
  { now, drilled }: Known,
): Promise<string> {
  // One from between two of them holds what the first has done.
  const backup = irreversible.at(-1)?.backup;
  if (backup === undefined) return 'No backup was taken before it: a deploy with "backup: before-migration" takes one.';
  const { id, snapshotAt } = backup;
  const proof = await drilled?.(id).catch(() => undefined);
  const drill = proof === true ? 'a drill has restored it' : 'no drill is known to have restored it, so begin with --mode drill';
  const command = `todo-deploy restore --release ${release} --namespace ${namespace} --mode into --from ${id}`;
  return `Or go back with the data, which loses what was written since: restore backup ${id}, ${ageText(now - Date.parse(snapshotAt))} old, taken before it ran (${drill}): ${command}`;
}

const [MINUTE, HOUR] = [60_000, 3_600_000];

function ageText(ms: number): string {
  const age = Math.max(0, ms);
  return age < 2 * HOUR ? `${Math.floor(age / MINUTE)} min` : `${Math.floor(age / HOUR)} h`;
}
