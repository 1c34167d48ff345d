import { HttpError } from '../../interfaces/errors.ts';
import type { AccessReview } from '../../interfaces/kubernetes.ts';
import { allows, type ResourceRule } from './rights.ts';
import type { Transport } from './transport.ts';

interface RulesResponse {
  status?: { resourceRules?: ResourceRule[] | null; incomplete?: boolean };
}

/** Returns what this account may not do. `namespace` is the one that most of it is about: its rights are asked for at once. */
export async function deniedOf(reviews: readonly AccessReview[], namespace: string, transport: Transport): Promise<AccessReview[]> {
  const rules = await rulesIn(namespace, transport);
  const open = reviews.filter((review) => review.namespace !== namespace || !allows(rules, review));
  const answers = await Promise.all(open.map(async (review) => ({ review, allowed: await isAllowed(review, transport) })));
  return answers.filter(({ allowed }) => !allowed).map(({ review }) => review);
}

/** What one question can tell: the rights in a namespace. Empty where the authorizers do not tell all, since one of them may forbid. */
async function rulesIn(namespace: string, transport: Transport): Promise<ResourceRule[]> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  try {
    const { status } = await transport.json<RulesResponse>({ method: 'POST', path, body }, 'safe');
    return status && !status.incomplete ? (status.resourceRules ?? []) : [];
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return [];
    throw error;
  }
}

async function isAllowed(review: AccessReview, transport: Transport): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...review } },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  // Asking changes nothing, so it may be repeated.
  const response = await transport.json<{ status?: { allowed?: boolean } }>({ method: 'POST', path, body }, 'safe');
  return response.status?.allowed === true;
}
