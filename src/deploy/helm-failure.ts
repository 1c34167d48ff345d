import {
  CancelledError,
  ConfigurationError,
  HttpError,
  LeaseLostError,
  ProcessError,
  RollbackFailedError,
  TimeoutError,
} from '../interfaces/errors.ts';
import type { Kubernetes } from '../interfaces/kubernetes.ts';
import { type Evidence, type FailureReason, StepFailure } from './failure.ts';
import { POD } from './names.ts';

/** Any error as a failure with a reason of the fixed list. */
export function toFailure(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && 'hint' in error ? (error.hint as string | undefined) : undefined;
  return new StepFailure(reasonOf(error), message, { hint, cause: error });
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof ConfigurationError) return 'configuration';
  if (error instanceof CancelledError) return 'cancelled';
  if (error instanceof LeaseLostError) return 'lease-lost';
  if (error instanceof RollbackFailedError) return 'rollback-failed';
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof HttpError && (error.status === 401 || error.status === 403)) return 'access-denied';
  if (error instanceof ProcessError) return 'helm-failed';
  return 'internal';
}

const HOOK_FAILED = /(pre|post)-(install|upgrade|rollback) hooks? failed/i;
const LOG_LINES = 40;

/** What Helm says at the end is what went wrong. */
export const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .at(-1)
    ?.replace(/^(Error|level=\S+ msg)[:=]\s*/, '') ?? '';

/** Names what `helm` said: a failed hook with its log, a refusal of the API server, or Helm's own words. */
export async function helmFailure(error: unknown, what: string, hooks: readonly string[], kubernetes: Kubernetes): Promise<unknown> {
  if (!(error instanceof ProcessError)) return error;
  const text = error.stderr.trim();
  const last = lastLine(text) || error.message;
  if (HOOK_FAILED.test(text)) {
    const failed = hooks.find((hook) => text.includes(hook.split('/')[1] ?? hook)) ?? (hooks.length === 1 ? hooks[0] : undefined);
    return new StepFailure('hook-failed', `The hook ${failed ?? ''} of ${what} failed: ${last}`.replace('  ', ' '), {
      hint: 'The last lines of its log say why.',
      evidence: failed ? await hookLogs(failed, kubernetes) : [],
      cause: error,
    });
  }
  const reason: FailureReason = /exceeded quota/i.test(text)
    ? 'quota-exceeded'
    : /admission webhook|violates PodSecurity/i.test(text)
      ? 'admission-refused'
      : /is forbidden|forbidden:/i.test(text)
        ? 'access-denied'
        : 'helm-failed';
  return new StepFailure(reason, `${what} could not be applied: ${last}`, { cause: error, evidence: [{ title: 'Helm', text }] });
}

/** The end of the logs of a hook's pods (a Job's, or the pod itself). */
async function hookLogs(hook: string, kubernetes: Kubernetes): Promise<Evidence[]> {
  const [kind, name = ''] = hook.split('/');
  const pods =
    kind === 'Job'
      ? (await kubernetes.list(POD, { labelSelector: `batch.kubernetes.io/job-name=${name}` })).items
      : [await kubernetes.get({ ...POD, name })].filter((pod) => pod !== undefined);
  const newest = pods.sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))[0];
  if (!newest) return [];
  const names: string[] = [...(newest.spec?.initContainers ?? []), ...(newest.spec?.containers ?? [])].map((container) => container.name);
  const logs = await Promise.all(
    names.map(async (container) => ({
      title: `Last log lines of ${hook}, container ${container}`,
      text: await kubernetes.logs({ name: newest.metadata.name }, { container, tailLines: LOG_LINES }).catch(() => ''),
    })),
  );
  return logs.filter((log) => log.text.trim() !== '');
}
