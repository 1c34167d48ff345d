import { ProcessError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import type { PlannedHook } from '../../split/model.ts';
import { refusal } from './causes/refusal.ts';
import { readHookEnd } from './failed-hook.ts';
import { StepFailure } from './failure.ts';
import { namespaceEnds, saysNamespaceEnds } from './namespace-end.ts';

/** Helm says `failed pre-install: …` at a first install, `pre-upgrade hooks failed: …` later. */
const HOOK_FAILED = /(pre|post)-(install|upgrade|rollback) hooks? failed|failed (pre|post)-(install|upgrade|rollback)/i;

/** What Helm says at the end is what went wrong. */
export const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .at(-1)
    ?.replace(/^(Error|level=\S+ msg)[:=]\s*/, '') ?? '';

/** All that Helm says of its error, in one line: a values file that does not fit the chart's schema is told in several. */
export function lastError(text: string): string {
  const lines = text.trim().split('\n');
  const at = lines.findLastIndex((line) => line.startsWith('Error: '));
  if (at < 0) return lastLine(text);
  const words = lines.slice(at).map((line) => line.trim());
  return words
    .filter(Boolean)
    .join(' ')
    .replace(/^Error: ((INSTALLATION|UPGRADE) FAILED: )?/, '');
}

/** Names what `helm` said: a failed hook with its log, a refusal of the API server, or Helm's own words. */
export async function helmFailure(
  error: unknown,
  subject: string,
  hooks: readonly PlannedHook[],
  kubernetes: Kubernetes,
): Promise<unknown> {
  if (!(error instanceof ProcessError)) return error;
  const text = error.stderr.trim();
  const last = lastLine(text) || error.message;
  if (saysNamespaceEnds(text)) return namespaceEnds(kubernetes.namespace, error);
  const known = refusal(text);
  const isServers = error.reason === 'service-failed' && !known;
  if (!isServers && HOOK_FAILED.test(text)) {
    const named = hooks.filter((hook) => text.includes(hook.object.split('/')[1] ?? hook.object));
    const failed = named.length > 0 ? named : hooks;
    const end = await readHookEnd(failed, kubernetes);
    const name = failed.length === 1 ? `The hook ${failed[0]?.object}` : 'A hook';
    return new StepFailure(end.cause?.reason ?? 'hook-failed', `${name} of ${subject} failed: ${end.why ?? last}`, {
      hint: end.cause?.hint ?? (end.evidence.length > 0 ? REASONS['hook-failed'].todo : undefined),
      evidence: end.evidence,
      cause: error,
    });
  }
  const reason = known?.reason ?? (/is forbidden|forbidden: /.test(text) ? 'access-denied' : error.reason);
  return new StepFailure(reason, `${subject} could not be applied: ${last}`, {
    hint: known?.hint,
    cause: error,
    evidence: [{ title: 'Helm', text }],
  });
}
