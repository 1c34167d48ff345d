import type { AccessReview } from '../../interfaces/kubernetes.ts';
import { groupRules, ownAccess, type Rule } from './access.ts';

/** What each resource is for, in the order in which a Role lists them. */
const CHAPTERS: readonly (readonly [why: string, resources: readonly string[]])[] = [
  ['One deploy at a time owns the app.', ['coordination.k8s.io/leases']],
  ["Helm's release records, the journal, the input `secrets`.", ['/secrets']],
  ['Color Services, and the selector of the stable ones.', ['/services']],
  ["The addresses of a color's Services, as variables of its pods.", ['/configmaps']],
  ['Readiness and its causes.', ['/pods', '/pods/log', '/events', 'apps/replicasets', 'discovery.k8s.io/endpointslices']],
  ['Checks of every new pod before users see it.', ['/pods/portforward']],
  [
    'Scaling a color up and down, workers on and off.',
    ['apps/deployments', 'apps/deployments/scale', 'batch/cronjobs', 'autoscaling/horizontalpodautoscalers'],
  ],
  ["The front door's address.", ['networking.k8s.io/ingresses']],
];
const REST = 'What else the chart holds.';

/** Pure: a name as YAML; in quotes where YAML 1.1, as Helm and kubectl read it, would see a boolean or a number. */
export const scalar = (text: string): string =>
  /^[A-Za-z/][\w./@-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text) ? text : JSON.stringify(text);

/** Returns the rules of a Role for a release, YAML with a comment on each group: what every deploy does itself, and `more` on top. */
export function roleText(name: string, release: string, more: readonly AccessReview[] = [], namespace?: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: ${scalar(name)}${namespace === undefined ? '' : `\n  namespace: ${scalar(namespace)}`}\n${rulesText([...ownAccess(release), ...more])}`;
}

/** Returns a ClusterRole with these rights alone. */
export const clusterRoleText = (name: string, reviews: readonly AccessReview[]): string =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: ${scalar(name)}\n${rulesText(reviews)}`;

/** Returns the Role of one app, and the ClusterRole for what is not of its namespace, where there is any: YAML to be applied. */
export function rolesFor(release: string, wanted: readonly AccessReview[]): string {
  const [inside, outside] = [
    wanted.filter(({ namespace }) => namespace !== undefined),
    wanted.filter(({ namespace }) => namespace === undefined),
  ];
  const name = `todo-deploy-${release}`;
  const namespace = inside[0]?.namespace;
  const role = roleText(name, release, inside, namespace);
  return outside.length === 0 ? role : `${role}---\n${clusterRoleText(`${name}-${namespace ?? 'cluster'}`, outside)}`;
}

function rulesText(reviews: readonly AccessReview[]): string {
  const rules = new Map<string, Rule[]>();
  for (const rule of groupRules(reviews)) {
    const key = `${rule.group}/${rule.resource}`;
    rules.set(key, [...(rules.get(key) ?? []), rule]);
  }
  const known = new Set(CHAPTERS.flatMap(([, resources]) => resources));
  const chapters = [...CHAPTERS, [REST, [...rules.keys()].filter((key) => !known.has(key))] as const];
  const lines = chapters.flatMap(([why, resources]) => {
    const found = resources.flatMap((key) => rules.get(key) ?? []);
    return found.length === 0 ? [] : [`  # ${why}`, ...found.map(ruleLine)];
  });
  return `rules:\n${lines.join('\n')}\n`;
}

const ruleLine = ({ group, resource, names, verbs }: Rule): string =>
  `  - { apiGroups: [${group || '""'}], resources: [${resource}]${names.length === 0 ? '' : `, resourceNames: [${names.map(scalar).join(', ')}]`}, verbs: [${verbs.join(', ')}] }`;
