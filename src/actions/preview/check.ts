import type { Check } from '../../interfaces/pull-requests.ts';
import { tolerant } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { Task } from './task.ts';

const nameOf = (release: string): string => `preview of ${release}`;

/** A check that says that the preview waits: neutral, since nothing is wrong with the commit. The comment says the same: no token has to be able to. */
export async function checkWaiting(context: ActionContext, task: Task, release: string, text: string): Promise<void> {
  const check = { name: nameOf(release), conclusion: 'neutral', title: 'The preview waits', summary: text } as const;
  await tolerant(context, 'The check that says so was not set', () => create(context, task, check), 'info');
}

/** Whoever waited is up: the check of the same name says so. One that did not wait has none. */
export async function checkUp(context: ActionContext, task: Task, release: string): Promise<void> {
  await tolerant(
    context,
    'Whether a check says that it waits is not known',
    async () => {
      if ((await task.pulls.conclusionOf(task.head, nameOf(release))) !== 'neutral') return;
      await create(context, task, { name: nameOf(release), conclusion: 'success', title: 'The preview is up', summary: 'It has waited.' });
    },
    'info',
  );
}

const create = ({ env }: ActionContext, { pulls, head }: Task, check: Omit<Check, 'sha' | 'detailsUrl'>): Promise<void> =>
  pulls.createCheck({ ...check, sha: head, detailsUrl: env.runUrl });
