import { ConfigurationError } from '../../../interfaces/errors.ts';
import { exposedHeader } from '../../../interfaces/plain-http.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** Who is told how a run ended. */
export interface AlarmInputs {
  /** Address at a dead-man service; empty for none. */
  pingUrl: string;
  /** A token that may write issues; empty for no issue. */
  issueToken: string;
}

/** Throws ConfigurationError; the address is a secret, and no error quotes it. */
export function readAlarm({ inputs, env, variables }: Pick<ActionContext, 'inputs' | 'env' | 'variables'>): AlarmInputs {
  const pingUrl = inputs.secret('ping-url');
  const url = URL.parse(pingUrl);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.hash === '';
  if (pingUrl !== '' && (!isAddress || exposedHeader(url, { authorization: 'its token' }, variables) !== undefined)) {
    throw new ConfigurationError('Input "ping-url" is no https address', { hint: 'Write such as https://hc-ping.com/UUID, as a secret.' });
  }
  const issueToken = inputs.boolean('issue', false) ? inputs.secret('github-token') : '';
  if (inputs.boolean('issue', false) && (issueToken === '' || !env.isRepositoryKnown)) {
    throw new ConfigurationError(`Input "issue" is true, and there is no ${issueToken === '' ? 'token' : 'repository'} to open it with`, {
      hint: 'In a job: permissions: {issues: write}, and leave "github-token" as it is.',
    });
  }
  return { pingUrl, issueToken };
}
