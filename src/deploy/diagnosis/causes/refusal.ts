import { REASONS, type Reason } from '../../../interfaces/reasons.ts';
import { isImmutable, wayOut } from './immutable.ts';
import { unknownKind } from './unknown-kind.ts';

/** Why the API server does not take an object, and what to do about it. */
export interface Refusal {
  reason: Reason;
  hint: string;
}

/** In order: the first that says something is right. */
const RULES: readonly ((text: string) => Reason | Refusal | undefined)[] = [
  (text) => (/because it is being terminated/.test(text) ? 'namespace-terminating' : undefined),
  (text) => (/exceeded quota/i.test(text) ? 'quota-exceeded' : undefined),
  (text) => (/failed quota: .*must specify/i.test(text) ? 'resources-required' : undefined),
  (text) => (/\b(?:maximum|minimum) \S+ usage per \w+ is |max limit to request ratio per /i.test(text) ? 'limit-range' : undefined),
  (text) => (/failed calling webhook/i.test(text) ? 'webhook-unreachable' : undefined),
  podSecurity,
  (text) => (/admission webhook|denied the request|ValidatingAdmissionPolicy/i.test(text) ? 'admission-refused' : undefined),
  missingReference,
  (text) => (isImmutable(text) ? { reason: 'immutable-field', hint: wayOut(text) } : undefined),
  unknownKind,
  (text) =>
    /invalid ownership metadata|exists and cannot be imported|conflicts? with "[^"]+" using/i.test(text) ? 'owned-by-others' : undefined,
  (text) => (/forbidden: User "|is forbidden: User |\bcannot \w+ (?:resource|path)\b/i.test(text) ? 'access-denied' : undefined),
  (text) => (/\bis forbidden: (?!User)/i.test(text) ? 'admission-refused' : undefined),
];

/** Pure: what the API server's words mean; undefined where they are none of the known ones. */
export function refusal(text: string): Refusal | undefined {
  for (const rule of RULES) {
    const found = rule(text);
    if (found !== undefined) return typeof found === 'string' ? { reason: found, hint: REASONS[found].todo } : found;
  }
  return undefined;
}

function podSecurity(text: string): Refusal | undefined {
  const [, standard] = /violates PodSecurity "([\w-]+)/.exec(text) ?? [];
  if (standard === undefined) return undefined;
  return {
    reason: 'admission-refused',
    hint: `The namespace enforces the Pod Security standard "${standard}": set in the chart's securityContext what the refusal lists.`,
  };
}

/** What pods refer to by name, and admission looks up. */
const REFERENCES: readonly [RegExp, string][] = [
  [/serviceaccounts? "([^"]+)" not found/i, 'Add the ServiceAccount to the chart, or correct serviceAccountName.'],
  [/no PriorityClass with name (\S+) was found/i, 'Correct priorityClassName, or create it: kubectl get priorityclasses'],
  [/RuntimeClass "([^"]+)" not found/i, 'Correct runtimeClassName, or create it: kubectl get runtimeclasses'],
];

function missingReference(text: string): Refusal | undefined {
  const found = REFERENCES.find(([pattern]) => pattern.test(text));
  return found && { reason: 'missing-config', hint: found[1] };
}
