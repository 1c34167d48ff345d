import type { Log } from '../../interfaces/log.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import type { Preview } from '../model/index.ts';
import { editComment, markerOf } from './comment.ts';
import { tolerant } from './tolerant.ts';
import { goingMark } from './unfinished.ts';

interface Tools {
  pulls: PullRequests;
  /** What tells its cluster from others; undefined: not known. */
  place: string | undefined;
  log: Log;
  signal: AbortSignal;
}

/**
 * Takes back what people were told of a preview, before it goes: its deployments at GitHub are inactive, its comment leads nowhere. What a
 * run that is killed here leaves, the next one finds, since its marks are still there; where they are not, by its comment. Returns whether its
 * deployments are proved to be inactive; what GitHub refuses is said in the log, and hinders nothing.
 */
export async function sayFarewell(preview: Preview, why: string, tools: Tools): Promise<boolean> {
  const { key, release, head, comment, deployments } = preview;
  const { pulls, place } = tools;
  // Nothing was said of one that never came up.
  if (head === undefined && deployments.length === 0) return false;
  let ended = deployments.length > 0;
  for (const id of deployments) {
    const status = { state: 'inactive', description: 'The preview is gone' } as const;
    const done = await tolerant(tools, `Deployment ${id} was not set inactive at GitHub`, async () => {
      await pulls.setDeploymentStatus(id, status);
      return true;
    });
    ended &&= done === true;
  }
  const mark = place === undefined ? '' : `\n\n${goingMark(place, preview.uid)}`;
  const body = `### Preview of \`${release ?? ''}\`: … going\n\nIt is taken down: ${why}.${mark}`;
  const wanted = { number: key.number, marker: markerOf(key, release ?? ''), body, known: comment };
  await tolerant(tools, 'The comment was not changed', () => editComment(wanted, pulls));
  return ended;
}
