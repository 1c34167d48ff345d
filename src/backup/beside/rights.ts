import { groupRules, need, roleRules } from '../../deploy/preflight/access.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { AccessReview } from '../../interfaces/kubernetes.ts';

const GROUP = 'snapshot.storage.k8s.io';
const within = (namespace: string, reviews: readonly AccessReview[]): AccessReview[] => reviews.map((review) => ({ ...review, namespace }));

/** The Job is asked for the backup's id, and told what goes with it. */
const TALK = need('', 'pods', 'get create', 'portforward');

/** What volume snapshots take beside the backup: exactly these calls. */
export const snapshotAccess = (namespace: string): AccessReview[] => [
  ...within(namespace, [
    ...need('apps', 'deployments', 'list'),
    ...need('apps', 'statefulsets', 'list'),
    ...need('', 'persistentvolumeclaims', 'list'),
    ...need(GROUP, 'volumesnapshots', 'create list watch patch delete'),
    ...TALK,
  ]),
  ...need('', 'persistentvolumes', 'get'),
  ...need(GROUP, 'volumesnapshotclasses', 'list'),
  ...need(GROUP, 'volumesnapshotcontents', 'get'),
];

/** `velero`: its namespace. */
export const veleroAccess = (namespace: string, velero: string): AccessReview[] => [
  ...within(velero, need('velero.io', 'backups', 'create list watch')),
  ...within(namespace, TALK),
];

/** Pure: what is missing, and the rules that allow it. */
export function missingRights(what: string, denied: readonly AccessReview[]): DeployError {
  const list = groupRules(denied).map(({ verbs, resource, group }) => `${verbs.join(', ')} ${resource}${group ? ` (${group})` : ''}`);
  const places = new Set(denied.map(({ namespace }) => namespace));
  const rules = [...places].map((namespace) => {
    const place = namespace === undefined ? 'a ClusterRole' : `its Role in namespace ${namespace}`;
    return `Add to ${place}:\n${roleRules(denied.filter((review) => review.namespace === namespace))}`;
  });
  return new DeployError('access-denied', `The account lacks rights that ${what} needs: ${list.join('; ')}`, { hint: rules.join('\n') });
}
