import { groupRules, wantedAccess } from '../../deploy/preflight/access.ts';
import { clusterRoleText, roleText, scalar } from '../../deploy/preflight/role.ts';
import type { AccessReview, KindRef } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Finding, Patient, Probe } from '../patient/model.ts';

const WHO: KindRef = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/** Whether the account that deploys may do everything that a deploy does. */
export const rights: Probe = {
  title: 'rights',
  asksCluster: true,
  async run(patient) {
    const { kubernetes, deployer, chart } = patient;
    const objects = (await chart?.objects().catch(() => [])) ?? [];
    const wanted = await wantedAccess(
      { kubernetes, options: { release: patient.release, smoke: (await chart?.run())?.options.smoke ?? [] } },
      objects,
    );
    const [denied, user] = await Promise.all([deployer.denied(wanted), whoDeploys(patient)]);
    if (denied.length === 0)
      return [{ level: 'ok', message: `${user || 'the account'} may do all ${wanted.length} things that a deploy does` }];
    return [...missing(patient, user, denied, wanted, true), ...missing(patient, user, denied, wanted, false)];
  },
};

/** What is missing inside of the namespace, or what is of the whole cluster; with the Role that has all of it. */
function missing(
  { release, namespace }: Patient,
  user: string,
  denied: readonly AccessReview[],
  wanted: readonly AccessReview[],
  inNamespace: boolean,
): Finding[] {
  const here = (reviews: readonly AccessReview[]) => reviews.filter((review) => (review.namespace !== undefined) === inNamespace);
  const lacking = here(denied);
  if (lacking.length === 0) return [];
  const list = groupRules(lacking).map((rule) => `${rule.verbs.join(', ')} ${rule.resource}${rule.group ? ` (${rule.group})` : ''}`);
  const name = `todo-deploy-${release}`;
  const role = inNamespace ? roleText(name, release, here(wanted), namespace) : clusterRoleText(`${name}-${namespace}`, here(wanted));
  return [
    {
      level: 'fail',
      message: `${user || 'the account'} may not, ${inNamespace ? `in namespace ${namespace}` : 'in the whole cluster'}: ${list.join('; ')}`,
      mend: applied(`${role}---\n${binding(user, inNamespace ? name : `${name}-${namespace}`, inNamespace ? namespace : undefined)}`),
    },
  ];
}

const applied = (manifests: string): string => `kubectl apply --filename - <<'EOF'\n${manifests}EOF`;

function binding(user: string, role: string, namespace: string | undefined): string {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const [, home, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  const subject = account
    ? `{ kind: ServiceAccount, name: ${scalar(account)}, namespace: ${scalar(home ?? '')} }`
    : `{ kind: User, apiGroup: rbac.authorization.k8s.io, name: ${JSON.stringify(user || 'NAME')} }`;
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata:
  name: ${scalar(role)}${namespace === undefined ? '' : `\n  namespace: ${scalar(namespace)}`}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${scalar(role)} }
subjects: [${subject}]
`;
}

/** The API server's own word for the account; '' where it has none. */
async function whoDeploys({ deployer }: Patient): Promise<string> {
  const review = await deployer.create({ ...WHO, metadata: { name: '' } }).catch(() => undefined);
  return String(fieldAt(review, 'status', 'userInfo', 'username') ?? '');
}
