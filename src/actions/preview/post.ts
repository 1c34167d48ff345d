import { desiredBy, homeOf } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { healOwn } from '../shared/heal-own-run.ts';
import { deployInputs, releaseOf } from './deploy-part.ts';
import { readPreviewInputs } from './inputs.ts';

/** A deploy that was killed is put right: nobody is left on what did not pass. What was being taken down, the next run goes on with. */
export async function afterPreview(context: ActionContext): Promise<void> {
  await healOwn(context, () => {
    const inputs = readPreviewInputs(context);
    const { pullRequest } = desiredBy({ name: context.env.eventName, payload: context.env.event }, inputs.policy);
    const { number, head } = inputs;
    const { repositoryId } = context.env;
    const isNamed = number !== undefined && head !== undefined && repositoryId !== undefined;
    const named = isNamed ? { key: { repositoryId, number }, head } : undefined;
    const about = named ?? pullRequest;
    if (about === undefined) throw new Error('The post step knows pull requests by the event, or by number and commit');
    const { namespace, release } = homeOf(about.key, releaseOf(context, inputs), inputs.shared);
    return deployInputs(context, { namespace, release, version: about.head });
  });
}
