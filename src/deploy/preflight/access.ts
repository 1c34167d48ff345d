import type { AccessReview, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isRoute } from '../../split/gateway/attach.ts';
import { KINDS, type Kind, RUN_ONCE, rowOf } from '../../split/kinds/rows.ts';
import { isHook } from '../../split/read/hooks.ts';
import { isDefinition } from '../base/crds.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { leaseName } from '../kube/names.ts';
import type { DeployOptions } from '../run/options.ts';
import type { Run } from '../run/run.ts';

export const need = (group: string, resource: string, verbs: string, subresource?: string): AccessReview[] =>
  verbs.split(' ').map((verb) => ({ verb, group, resource, subresource: subresource || undefined }));

/** The product's own calls on objects of a kind. */
const accessTo = ({ group, plural, access }: Kind): AccessReview[] =>
  access ? [...need(group, plural, access.verbs), ...(access.scale ? need(group, plural, access.scale, 'scale') : [])] : [];

/**
 * Its calls where a chart has objects of the kind: a schedule's memory goes from color to color, running Jobs are waited for, pods that a
 * controller would wait for are replaced.
 */
export const accessWith = (kind: Kind): AccessReview[] => [
  ...accessTo(kind),
  ...(kind.access?.status ? need(kind.group, kind.plural, kind.access.status, 'status') : []),
  ...(kind.keepsBroken ? need('', 'pods', 'delete') : []),
  ...(kind.makesJobs ? RUN_ONCE.flatMap(({ group, plural }) => need(group, plural, 'list')) : []),
];

/** What every deploy of a release does itself, whatever the chart holds: exactly these calls. The lease alone by name: who creates has no name yet. */
export const ownAccess = (release: string): AccessReview[] => [
  ...need('coordination.k8s.io', 'leases', 'create'),
  ...need('coordination.k8s.io', 'leases', 'get list watch update').map((review) => ({ ...review, name: leaseName(release) })),
  // Helm's release records, the journal, the input `secrets`.
  ...need('', 'secrets', 'get list create update patch delete'),
  ...need('', 'services', 'get list watch create patch'),
  // The variables of a color's Services, a ConfigMap of ours: a plan does not hold it yet.
  ...need('', 'configmaps', 'get create patch delete'),
  ...need('', 'pods', 'get list watch'),
  ...need('', 'pods', 'get', 'log'),
  ...need('', 'pods', 'get create', 'portforward'),
  ...need('', 'events', 'list watch'),
  ...need('discovery.k8s.io', 'endpointslices', 'list watch'),
  ...KINDS.filter((kind) => kind.access?.always).flatMap(accessTo),
  ...need('networking.k8s.io', 'ingresses', 'list'),
];

/** What Helm does with each object of a part. */
export const PART_VERBS = ['get', 'create', 'patch', 'delete'];

/** Helm waits for a hook's objects, and we for what a definition defines and what Gateways say of a route, by a watch of their kind. */
export const WATCH_VERBS = ['list', 'watch'];
const isWatched = (object: KubernetesObject): boolean => isDefinition(object) || isHook(object) || isRoute(object);

/** These verbs for each kind among the objects. */
export async function accessToParts(
  { kubernetes }: Pick<Run, 'kubernetes'>,
  objects: readonly KubernetesObject[],
  verbs: readonly string[],
): Promise<AccessReview[]> {
  const kinds = new Map(objects.map((object) => [`${object.apiVersion} ${object.kind}`, object]));
  const parts = await Promise.all(
    [...kinds.values()].map(async ({ apiVersion, kind }) => {
      const resource = await kubernetes.resource({ apiVersion, kind });
      if (!resource) return [];
      const { plural, namespaced } = resource;
      const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
      return verbs.map((verb) => ({ verb, group, resource: plural, ...(namespaced && { namespace: kubernetes.namespace }) }));
    }),
  );
  return parts.flat();
}

/** A backup before the deploy: a Job as the CronJob makes it, watched to its end. */
const BACKUP_ACCESS = [...need('batch', 'cronjobs', 'get'), ...need('batch', 'jobs', 'create list watch')];

/** Every call that this deploy will make. */
export async function wantedAccess(
  run: Pick<Run, 'kubernetes'> & { options: Pick<Run['options'], 'smoke' | 'release'> & Pick<Partial<DeployOptions>, 'backup'> },
  objects: readonly KubernetesObject[],
): Promise<AccessReview[]> {
  const { kubernetes } = run;
  const [parts, waits] = await Promise.all([
    accessToParts(run, objects, PART_VERBS),
    accessToParts(run, objects.filter(isWatched), WATCH_VERBS),
  ]);
  const rows = new Set(objects.map(rowOf).filter((row) => row !== undefined));
  const watched = [...rows].flatMap(accessWith);
  // Their addresses.
  const nodes = run.options.smoke.some((check) => check.service?.nodePort) ? need('', 'nodes', 'list') : [];
  const backup = (run.options.backup ?? 'off') === 'off' ? [] : BACKUP_ACCESS;
  const all = [
    ...nodes,
    ...backup.map((review) => ({ ...review, namespace: kubernetes.namespace })),
    ...ownAccess(run.options.release).map((review) => ({ ...review, namespace: kubernetes.namespace })),
    ...watched.map((review) => ({ ...review, namespace: kubernetes.namespace })),
    ...parts,
    ...waits,
  ];
  return [...new Map(all.map((review) => [JSON.stringify(review), review])).values()];
}

/** Errors: `StepFailure` (access-denied) with every call that is not allowed, as the rules of a Role. */
export async function requireAccess(run: Pick<Run, 'kubernetes' | 'options'>, objects: readonly KubernetesObject[]): Promise<void> {
  await requireRights(run, await wantedAccess(run, objects), 'this deploy');
}

/** Errors: `StepFailure` (access-denied), as above. */
export async function requireRights({ kubernetes }: Pick<Run, 'kubernetes'>, wanted: readonly AccessReview[], who: string): Promise<void> {
  const denied = await kubernetes.denied(wanted);
  if (denied.length === 0) return;
  const list = groupRules(denied).map((rule) => `${rule.verbs.join(', ')} ${rule.resource}${rule.group ? ` (${rule.group})` : ''}`);
  const message = `The account lacks rights that ${who} needs in namespace ${kubernetes.namespace}: ${list.join('; ')}`;
  const where = denied.every((review) => review.namespace) ? 'its Role' : 'its Role (cluster-scoped resources need a ClusterRole)';
  const hint = `Add to ${where}:\n${roleRules(denied)}`;
  throw new StepFailure('access-denied', message, { hint });
}

/** A rule of a Role. */
export interface Rule {
  group: string;
  resource: string;
  /** Empty: all. */
  names: string[];
  verbs: string[];
}

/** Pure: a rule for each resource; what is asked for by name has its own. */
export function groupRules(reviews: readonly AccessReview[]): Rule[] {
  const rules = new Map<string, Rule>();
  for (const { group, resource, subresource, verb, name } of reviews) {
    const whole = subresource ? `${resource}/${subresource}` : resource;
    const key = `${group} ${whole} ${name ?? ''}`;
    const rule = rules.get(key) ?? { group, resource: whole, names: name === undefined ? [] : [name], verbs: [] };
    rules.set(key, rule);
    if (!rule.verbs.includes(verb)) rule.verbs.push(verb);
  }
  return [...rules.values()];
}

/** Pure: YAML of a Role's rules. */
export function roleRules(reviews: readonly AccessReview[]): string {
  return groupRules(reviews)
    .map(
      ({ group, resource, names, verbs }) =>
        `- {apiGroups: ["${group}"], resources: ["${resource}"]${names.length === 0 ? '' : `, resourceNames: ["${names.join('", "')}"]`}, verbs: [${verbs.map((verb) => `"${verb}"`).join(', ')}]}`,
    )
    .join('\n');
}
