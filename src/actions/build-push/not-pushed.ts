import type { ActionContext } from '../../runtime/action.ts';

/** Why nothing was pushed: told so, or not an event of the repository's own people. */
export function sayNotPushed({ env, inputs, log }: Pick<ActionContext, 'env' | 'inputs' | 'log'>): void {
  if (env.isOwnEvent || inputs.optional('push') !== undefined) {
    log.info('Not pushed: the input "push" is false');
    return;
  }
  const event = ['', 'pull_request'].includes(env.eventName) ? 'a pull request from a fork' : `the event ${env.eventName}`;
  log.notice(
    `Not pushed: ${event} may carry code of people outside of ${env.repository}. ` +
      `If it cannot here, set the input "push" to true; the images then get the tags of ${env.ref || 'no branch'}.`,
  );
}
