import { roleText, scalar } from '../../deploy/preflight/role.ts';
import type { App, PlannedFile } from '../model.ts';
import { rightsFor } from '../read/rights.ts';

/** Name of the account that deploys. */
export const ACCOUNT = 'deployer';
export const ROLE_FILE = 'deploy/role.yaml';

/** Pure: the namespace, an account and exactly the rights that deploying this app needs in it. */
export function roleFile(app: App): PlannedFile {
  const { namespace, workloads } = app;
  // What init wrote is made for it; another chart may not be.
  const labels = workloads.length === 0 ? '' : '\n  labels:\n    pod-security.kubernetes.io/enforce: restricted';
  const content = `# The account that deploys, and what it may do: in this namespace, and nowhere else. Apply it once, and whenever the chart gets new kinds:
#
#   kubectl apply --filename ${ROLE_FILE}
apiVersion: v1
kind: Namespace
metadata:
  name: ${scalar(namespace)}${labels}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${ACCOUNT}
  namespace: ${scalar(namespace)}
---
${roleText('todo-deploy', app.release, rightsFor(app.kinds), namespace)}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: todo-deploy
  namespace: ${scalar(namespace)}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: todo-deploy
subjects:
  - kind: ServiceAccount
    name: ${ACCOUNT}
    namespace: ${scalar(namespace)}
`;
  return { path: ROLE_FILE, content };
}
