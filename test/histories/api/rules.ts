import type { DeploymentSpec } from 'kubernetes-types/apps/v1.d.ts';
import type { JobSpec } from 'kubernetes-types/batch/v1.d.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import { groupOf, type KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../../src/interfaces/values.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { quantity } from '../../../src/split/kinds/quantity.ts';
import { same } from './fields.ts';
import { knownKind } from './kinds.ts';

type Port = { port: number; protocol?: string; targetPort?: unknown; name?: string };
type Fields = Record<string, unknown>;

/** Fills in, in place, what the API server fills in, of the fields that the product or the controllers read. */
export function setDefaults(object: KubernetesObject, before: KubernetesObject | undefined, address: () => string): void {
  const spec = isMap(object.spec) ? object.spec : undefined;
  switch (kindOf(object)) {
    case '/Service':
      // An address stays, whoever no longer asks for it.
      defaultService(object, spec ?? {}, () => String(fieldAt(before?.spec, 'clusterIP') ?? address()));
      return;
    case 'apps/Deployment':
      if (spec) spec.replicas ??= 1;
      return;
    case 'batch/CronJob':
      if (spec) spec.suspend ??= false;
      return;
    case 'batch/Job':
      defaultJob(object, spec);
      return;
    case 'autoscaling/HorizontalPodAutoscaler':
      if (spec) spec.minReplicas ??= 1;
      return;
    case '/Secret':
      object.type ??= 'Opaque';
      return;
    default:
  }
}

function defaultService(object: KubernetesObject, spec: Fields, address: () => string): void {
  object.spec = spec;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  spec.clusterIP ??= address();
  for (const port of (spec.ports ?? []) as Port[]) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
}

/** A Job selects its own pods by a label that nobody else has. */
function defaultJob({ metadata }: KubernetesObject, spec: Fields | undefined): void {
  if (!spec || spec.selector) return;
  const labels = { 'batch.kubernetes.io/controller-uid': metadata.uid ?? '', 'batch.kubernetes.io/job-name': metadata.name };
  spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata.uid ?? '' } };
  const template = (spec.template ?? {}) as Fields;
  const own = isMap(template.metadata) ? template.metadata : {};
  spec.template = { ...template, metadata: { ...own, labels: { ...(own.labels as object), ...labels } } };
}

const IMMUTABLE = 'field is immutable';

/** What the API server says against an object, by its own words; `before` is what it changes. Errors: `HttpError` 422. */
export function requireAllowed(object: KubernetesObject, before: KubernetesObject | undefined): void {
  const refused = refusalsOf(object, before);
  if (refused.length === 0) return;
  const group = groupOf(object);
  const kind = group === '' ? object.kind : `${object.kind}.${group}`;
  const fields = refused.map((one) => one.split(':')[0] ?? '');
  throw new HttpError(`${kind} "${object.metadata.name}" is invalid: ${refused.join(', ')}`, { status: 422, code: 'Invalid', fields });
}

function refusalsOf(object: KubernetesObject, before: KubernetesObject | undefined): string[] {
  switch (kindOf(object)) {
    case '/Service':
      return service(object, before);
    case 'apps/Deployment':
    case 'apps/ReplicaSet':
      return deployment(object.spec as Partial<DeploymentSpec>, before?.spec as Partial<DeploymentSpec> | undefined);
    case 'batch/Job':
      return before ? job(object.spec as JobSpec, before.spec as JobSpec) : [];
    case '/PersistentVolumeClaim':
      return before ? claim(object, before) : [];
    case '/Secret':
      return before && (before.type !== object.type || before.immutable === true)
        ? [`type: Invalid value: "${object.type}": ${IMMUTABLE}`]
        : [];
    default:
      return [];
  }
}

function service({ spec }: KubernetesObject, before: KubernetesObject | undefined): string[] {
  const ports = (fieldAt(spec, 'ports') ?? []) as Port[];
  const found: string[] = [];
  if (ports.length === 0) found.push('spec.ports: Required value');
  const seen = new Set<string>();
  for (const [index, { port, protocol, name }] of ports.entries()) {
    const key = `${port}/${protocol ?? 'TCP'}`;
    if (seen.has(key)) found.push(`spec.ports[${index}]: Duplicate value: {"port":${port},"protocol":"${protocol ?? 'TCP'}"}`);
    if (ports.length > 1 && !name) found.push(`spec.ports[${index}].name: Required value`);
    if (name && seen.has(name)) found.push(`spec.ports[${index}].name: Duplicate value: "${name}"`);
    seen.add(key).add(name ?? '');
  }
  const was = fieldAt(before?.spec, 'clusterIP');
  if (was !== undefined && was !== fieldAt(spec, 'clusterIP')) found.push(`spec.clusterIPs[0]: Invalid value: []: may not change once set`);
  return found;
}

function deployment(spec: Partial<DeploymentSpec> | undefined, before: Partial<DeploymentSpec> | undefined): string[] {
  const wanted = spec?.selector?.matchLabels ?? {};
  const labels = spec?.template?.metadata?.labels ?? {};
  const found: string[] = [];
  if (!Object.entries(wanted).every(([key, value]) => labels[key] === value))
    found.push('spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`');
  if (before && !same(spec?.selector, before.selector)) found.push(`spec.selector: Invalid value: ${IMMUTABLE}`);
  return found;
}

function job(spec: JobSpec, before: JobSpec): string[] {
  const found: string[] = [];
  if (!same(spec.selector, before.selector)) found.push(`spec.selector: Invalid value: ${IMMUTABLE}`);
  if (!same(spec.template, before.template)) found.push(`spec.template: Invalid value: ${IMMUTABLE}`);
  return found;
}

/** A claim may grow, and nothing else. */
function claim({ spec }: KubernetesObject, before: KubernetesObject): string[] {
  const size = (of: unknown) => fieldAt(of, 'resources', 'requests', 'storage') as string | undefined;
  const rest = (of: unknown) => ({ ...(of as object), resources: undefined });
  const found: string[] = [];
  if (!same(rest(spec), rest(before.spec)))
    found.push(
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
  if (quantity(size(spec)) < quantity(size(before.spec)))
    found.push('spec.resources.requests.storage: Forbidden: field can not be less than status.capacity');
  return found;
}

export const countsChanges = (object: KubernetesObject): boolean => knownKind(object)?.counted === true;
