import { type Cause, causeOf, firstLine, GRACE } from './cause.ts';
import { refusal } from './refusal.ts';

const LENGTH = 400;

/** Pure: why a controller cannot create pods (message of FailedCreate or of a ReplicaFailure condition). */
export function createCause(owner: string, message: string): Cause {
  const known = refusal(message);
  const said = firstLine(message);
  const line = said.length > LENGTH ? `${said.slice(0, LENGTH)}…` : said;
  // Nothing is known of it: no hint would fit.
  if (!known) return { reason: 'not-ready', message: `${owner} cannot create pods: ${line}`, graceMs: GRACE.patient };
  const { reason, hint } = known;
  if (reason === 'quota-exceeded') {
    const detail = line.replace(/^.*?exceeded quota/i, 'exceeded quota');
    return causeOf(reason, `${owner} cannot create pods: ${detail}`, GRACE.soon, hint);
  }
  if (reason === 'admission-refused') return causeOf(reason, `The cluster refuses the pods of ${owner}: ${line}`, GRACE.soon, hint);
  const detail = line.replace(/^(?:Error creating: )?(?:pods "[^"]*" is forbidden: )?/i, '');
  const graceMs = reason === 'missing-config' ? GRACE.moment : GRACE.soon;
  return causeOf(reason, `${owner} cannot create pods: ${detail}`, graceMs, hint);
}
