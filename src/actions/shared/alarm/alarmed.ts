import { CancelledError, DeployError, HttpError } from '../../../interfaces/errors.ts';
import { REASONS } from '../../../interfaces/reasons.ts';
import { messageOf } from '../../../interfaces/values.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { code, link, raw } from '../../../runtime/markdown.ts';
import { SummaryWriter } from '../../../runtime/summary.ts';
import { GitHubIssues } from '../../../tools/github/issues.ts';
import { UndiciHttp } from '../../../tools/http.ts';
import { connectGitHub } from '../github.ts';
import type { AlarmInputs } from './inputs.ts';
import { keepIssue } from './keep-issue.ts';
import { ping } from './ping.ts';

export interface About {
  what: 'backup' | 'drill' | 'status';
  release: string;
  namespace: string;
}

/** Runs something, and tells whoever is to know how it ended. Errors: those of `work`; an alarm that cannot be raised is a warning. */
export async function alarmed<T>(context: ActionContext, inputs: AlarmInputs, about: About, work: () => Promise<T>): Promise<T> {
  const result = await work().catch(async (error: unknown) => {
    // Nobody has to be woken because somebody pressed a button.
    if (!(error instanceof CancelledError)) await raise(context, inputs, about, error ?? new Error('unknown'));
    throw error;
  });
  await raise(context, inputs, about, undefined);
  return result;
}

async function raise(context: ActionContext, { pingUrl, issueToken }: AlarmInputs, about: About, error: unknown): Promise<void> {
  const failed = error !== undefined;
  const name = `${about.what} of ${about.release} in namespace ${about.namespace}`;
  if (pingUrl !== '') {
    const text = failed ? `The ${name} failed: ${messageOf(error)}` : `The ${name} was good`;
    await ping(context, new UndiciHttp({ env: context.variables }), pingUrl, { failed, text });
  }
  if (issueToken !== '')
    await tellByIssue(context, issueToken, about, failed ? { title: `The ${name} failed`, body: bodyOf(context, error) } : undefined);
}

async function tellByIssue(
  context: ActionContext,
  token: string,
  { what, release, namespace }: About,
  trouble: { title: string; body: string } | undefined,
): Promise<void> {
  const { env, log, signal } = context;
  const client = connectGitHub(context, token);
  if (!client) return;
  const marker = `<!-- todo-deploy:alarm ${what} ${namespace}/${release} -->`;
  try {
    const kept = await keepIssue({ marker, trouble }, new GitHubIssues(client, { repository: env.repository, token, signal }));
    if (kept.did !== 'nothing') log.info(`Issue ${kept.number} was ${kept.did}`);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    log.warning(`The issue was not ${trouble ? 'written' : 'closed'}: ${error.message}.${error.hint ? ` ${error.hint}` : ''}`);
  }
}

/** Markdown; what comes from outside stands as text. */
function bodyOf({ env, secrets }: ActionContext, error: unknown): string {
  const writer = new SummaryWriter(undefined);
  if (error instanceof DeployError) writer.text(raw('**'), REASONS[error.reason].title, raw('** ('), code(error.reason), raw(')'));
  writer.text(messageOf(error));
  const hint = error instanceof DeployError ? error.hint : undefined;
  if (hint) writer.text(raw('**What to do:** '), hint);
  if (env.runUrl) writer.text(link(raw('The run'), env.runUrl));
  writer.text(raw('It is kept up to date by each run, and closed by the next one that is good.'));
  return secrets.clean(writer.markdown(60_000));
}
