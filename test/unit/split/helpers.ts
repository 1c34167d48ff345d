import { stringify } from 'yaml';
import type { HelmHook } from '../../../src/interfaces/helm.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { splitChart } from '../../../src/split/index.ts';
import type { Color, Finding, SplitInput, SplitResult } from '../../../src/split/model.ts';

export type Objects = readonly object[];

function manifestOf(objects: Objects): string {
  return objects.map((object, index) => `---\n# Source: todo/templates/${index}.yaml\n${JSON.stringify(object)}\n`).join('');
}

export function input(objects: Objects | string, options: Partial<SplitInput> = {}): SplitInput {
  return {
    release: 'todo',
    namespace: 'todo',
    color: 'blue' as Color,
    chart: { name: 'todo', version: '1.2.3', appVersion: '4.5.6' },
    manifest: typeof objects === 'string' ? objects : manifestOf(objects),
    hooks: [],
    images: [],
    shared: [],
    stack: 'own',
    version: 'abc1234',
    firstDeploy: false,
    imagePullSecrets: [],
    colorServiceIPs: {},
    ...options,
  };
}

export function split(objects: Objects | string, options: Partial<SplitInput> = {}): SplitResult {
  return splitChart(input(objects, options));
}

/** An object whose fields a test reads as it knows them. */
// biome-ignore lint/suspicious/noExplicitAny: an assertion says what the fields are
export type Loose = KubernetesObject & Record<string, any>;

/** One object of a part by `Kind/name`. */
export function find(objects: readonly KubernetesObject[], title: string): Loose {
  const found = objects.find((object) => `${object.kind}/${object.metadata.name}` === title);
  if (found === undefined) {
    throw new Error(`no ${title} among ${titles(objects).join(', ')}`);
  }
  return found;
}

export function titles(objects: readonly KubernetesObject[]): string[] {
  return objects.map((object) => `${object.kind}/${object.metadata.name}`);
}

/** Findings as `object: message`, for matching. */
export function texts(findings: readonly Finding[]): string[] {
  return findings.map((finding) => `${finding.object}: ${finding.message}`);
}

interface Pod {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  image?: string;
  container?: object;
  spec?: object;
}

function template({ labels, annotations, image = 'nginx:1', container, spec }: Pod, app: string): object {
  return {
    metadata: { labels: labels ?? { app }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 8000 }], ...container }], ...spec },
  };
}

const metadata = (name: string, extra: object = {}) => ({ name, ...extra });

export function deployment(name: string, pod: Pod = {}, extra: { metadata?: object; spec?: object } = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name, extra.metadata),
    spec: { replicas: 2, selector: { matchLabels: pod.labels ?? { app: name } }, template: template(pod, name), ...extra.spec },
  };
}

export function statefulSet(name: string, pod: Pod = {}, extra: { metadata?: object; spec?: object } = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(name, extra.metadata),
    spec: { serviceName: name, selector: { matchLabels: pod.labels ?? { app: name } }, template: template(pod, name), ...extra.spec },
  };
}

export function cronJob(name: string, pod: Pod = {}, extra: { metadata?: object; spec?: object } = {}) {
  const job = { template: template({ ...pod, spec: { restartPolicy: 'Never', ...pod.spec } }, name) };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(name, extra.metadata),
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: job }, ...extra.spec },
  };
}

export function job(name: string, pod: Pod = {}, extra: { metadata?: object } = {}) {
  const spec = { template: template({ ...pod, spec: { restartPolicy: 'Never', ...pod.spec } }, name) };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata(name, extra.metadata), spec };
}

export function service(name: string, spec: object = {}, extra: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name, extra),
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 8000, targetPort: 'http' }], ...spec },
  };
}

export function config(name: string, data: object = { KEY: 'value' }, extra: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name, extra), data };
}

export function secret(name: string, extra: object = {}) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: metadata(name), type: 'Opaque', stringData: { password: 'x' }, ...extra };
}

export function hpa(name: string, target: string, extra: object = {}) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(name),
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, minReplicas: 3, maxReplicas: 9, ...extra },
  };
}

export function hook(
  object: { kind: string; metadata: { name: string; annotations?: object } },
  events: string,
  extra: Partial<HelmHook> = {},
): HelmHook {
  const annotated = {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'helm.sh/hook': events } },
  };
  return {
    name: object.metadata.name,
    kind: object.kind,
    path: `todo/templates/${object.metadata.name}.yaml`,
    manifest: stringify(annotated),
    events: events.split(','),
    weight: 0,
    deletePolicies: [],
    ...extra,
  };
}
