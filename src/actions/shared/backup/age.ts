import { proofLine, readProof } from '../../../backup/index.ts';
import type { Kubernetes } from '../../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** A nightly drill that was missed once is no alarm yet. */
const OLD_MS = 50 * 3_600_000;

/** What can say by its own clock what time it is. */
type Timed = Kubernetes & { serverTime(): Promise<number | undefined> };

/** The API server's clock, ms: a runner whose own is behind would take an old backup for a young one. Its own, where that one says nothing. */
export const clusterTime = async (kubernetes: Timed, { clock }: Pick<ActionContext, 'clock'>): Promise<number> =>
  (await kubernetes.serverTime()) ?? clock.now();

/** Says how old the newest backup is that a drill has restored, and warns where that is long ago; nothing where there never was a drill. */
export async function tellBackupAge(context: ActionContext, kubernetes: Timed, release: string): Promise<void> {
  // Whoever may not read it is not told.
  const proof = await readProof(kubernetes, release).catch(() => undefined);
  if (proof === undefined) return;
  const now = await clusterTime(kubernetes, context);
  const line = proofLine(proof, now);
  context.summary.text(`${line}.`);
  if (now - proof.snapshotAt > OLD_MS) context.log.warning(line);
}
