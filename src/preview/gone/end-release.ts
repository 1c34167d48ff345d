import { remove } from '../../deploy/remove/index.ts';
import { LeaseLostError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { Preview } from '../model/index.ts';
import { leftText } from './blockers.ts';
import { deleteByUid } from './delete-by-uid.ts';
import type { Ending } from './end-namespace.ts';
import { awaitGone, claimsOf, deleteOwn, STAGES } from './own.ts';
import type { End } from './receipt.ts';
import type { GoneTools } from './tools.ts';

const VOLUMES = 'volumes behind its claims: they are of the whole cluster, and not looked at';

/**
 * Ends a preview that shares its namespace: its releases, what bears its mark, and its own marks at last, so that whoever is killed in between
 * is followed by somebody who finishes it. Nothing of a neighbour's is touched. `rest`: how long there is, ms.
 */
export async function endRelease(tools: GoneTools, { preview }: Ending, rest: () => number): Promise<End> {
  const { release = '' } = preview;
  const claims = await claimsOf(tools, preview);
  const hindrance = await uninstalled(tools, release, rest());
  if (hindrance !== undefined) return { gone: [], left: [`the app ${release}: ${hindrance}`], unproved: [] };
  const unproved = [VOLUMES];
  for (const stage of STAGES) {
    await deleteOwn(tools, preview, stage);
    const { objects, unseen } = await awaitGone(tools, preview, stage, rest());
    unproved.push(...unseen.map((kind) => `${kind}: this account may not list them`));
    if (objects.length > 0) return { gone: [], left: objects.map(leftText), unproved };
  }
  const marks = await withoutMarks(tools, preview);
  if (marks !== undefined) return { gone: [], left: [marks], unproved };
  return {
    gone: [`the Helm releases of ${release}, and what bears its mark in namespace ${preview.namespace}`, ...claims],
    left: [],
    unproved,
  };
}

/** Removes it as any app, and looks for it again. Returns what hinders that. */
async function uninstalled(tools: GoneTools, release: string, timeoutMs: number): Promise<string | undefined> {
  const options = { release, claims: true, secrets: true, timeoutMs, dryRun: false, who: tools.who };
  try {
    await remove(options, tools);
    const again = await remove({ ...options, dryRun: true }, tools);
    return again.status === 'nothing' ? undefined : `still there: ${again.removed.join('; ')}`;
  } catch (error) {
    tools.signal.throwIfAborted();
    if (error instanceof LeaseLostError) throw error;
    return messageOf(error);
  }
}

/** By its UID, and looked for again by a list. Returns what is left. */
async function withoutMarks({ kubernetes, signal }: GoneTools, { marks, uid }: Preview): Promise<string | undefined> {
  signal.throwIfAborted();
  await deleteByUid(kubernetes, marks, uid);
  const { items } = await kubernetes.list(marks, { namespace: marks.namespace, fieldSelector: `metadata.name=${marks.name}` });
  const left = items.find(({ metadata }) => metadata.uid === uid);
  return left && leftText(left);
}
