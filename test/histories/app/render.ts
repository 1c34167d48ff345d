import type { HelmHook, HelmRender } from '../../../src/interfaces/helm.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { PART_ANNOTATION } from '../../../src/split/model.ts';
import { type Component, serviceOf, type Version } from './version.ts';

const BASE = { annotations: { [PART_ANNOTATION]: 'base' } };

/** Pure: what Helm renders of the chart at a version: finished manifests. */
export function renderVersion(version: Version, release: string, namespace: string): HelmRender {
  const manifest = objectsOf(version, namespace)
    .map((object) => `---\n${JSON.stringify(object)}\n`)
    .join('');
  return {
    release,
    namespace,
    chart: { name: 'app', version: '1.0.0', appVersion: version.name },
    manifest,
    hooks: hooksOf(version, namespace),
    config: { version: version.name },
    templates: {},
    notes: '',
  };
}

function objectsOf(version: Version, namespace: string): KubernetesObject[] {
  const { web, api, cron, job, claim, settings } = version;
  const image = imageOf(version);
  const objects: (KubernetesObject | undefined)[] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { level: `${settings}` } },
    claim > 0
      ? {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'files' },
          spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: `${claim}Gi` } } },
        }
      : undefined,
    ...component('web', web, image),
    ...component('api', api, image),
    cron
      ? {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'tidy' },
          spec: {
            schedule: '*/5 * * * *',
            jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'tidy', image }] } } } },
          },
        }
      : undefined,
    job === 'none' ? undefined : oneJob('seed', job === 'same' ? 'registry.example/seed:1' : image, {}),
  ];
  return objects
    .filter((object) => object !== undefined)
    .map(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, namespace } }) as KubernetesObject);
}

const imageOf = ({ name }: Version): string => `registry.example/app:${name}`;

function component(name: 'web' | 'api', one: Component, image: string): KubernetesObject[] {
  if (one.role === 'absent') return [];
  const shared = one.role === 'shared' ? BASE : {};
  const labels = { app: name };
  const service = serviceOf(name, one);
  const container = {
    name: 'app',
    // Shared workloads are not blue-green: one that does not change is always good.
    image: one.role === 'shared' ? 'registry.example/shared:1' : image,
    envFrom: [{ configMapRef: { name: 'settings' } }],
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...shared },
    spec: {
      ...(!one.autoscaled && { replicas: one.replicas }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
  const hpa: KubernetesObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, ...shared },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: one.replicas,
      maxReplicas: 4,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    },
  };
  const ports = [{ name: 'http', port: one.port, targetPort: 'http' }];
  return [
    deployment,
    ...(one.autoscaled ? [hpa] : []),
    ...(service ? [{ apiVersion: 'v1', kind: 'Service', metadata: { name: service }, spec: { selector: labels, ports } }] : []),
  ];
}

const oneJob = (name: string, image: string, annotations: Record<string, string>): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations },
  spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name, image }] } } },
});

function hooksOf(version: Version, namespace: string): HelmHook[] {
  const migrate =
    version.hook || version.quality === 'hookless' ? [hook('migrate', ['pre-install', 'pre-upgrade'], version, namespace)] : [];
  return [...migrate, ...(version.test ? [hook('try', ['test'], version, namespace)] : [])];
}

function hook(name: string, events: string[], version: Version, namespace: string): HelmHook {
  const deletePolicies = ['before-hook-creation'];
  const object = oneJob(name, imageOf(version), {
    'helm.sh/hook': events.join(','),
    'helm.sh/hook-delete-policy': deletePolicies.join(','),
  });
  object.metadata.namespace = namespace;
  return { name, kind: 'Job', path: `app/templates/${name}.yaml`, manifest: JSON.stringify(object), events, weight: 0, deletePolicies };
}
