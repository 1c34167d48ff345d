import { proofLine, readProof } from '../../../backup/index.ts';
import type { Kubernetes } from '../../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** A nightly drill that was missed once is no alarm yet. */
const OLD_MS = 50 * 3_600_000;

/** Says how old the newest backup is that a drill has restored, and warns where that is long ago; nothing where there never was a drill. */
export async function tellBackupAge({ log, clock, summary }: ActionContext, kubernetes: Kubernetes, release: string): Promise<void> {
  // Whoever may not read it is not told.
  const proof = await readProof(kubernetes, release).catch(() => undefined);
  if (proof === undefined) return;
  const line = proofLine(proof, clock.now());
  summary.text(`${line}.`);
  if (clock.now() - proof.snapshotAt > OLD_MS) log.warning(line);
}
