import type { HelmRender, HelmRenderOptions } from '../../../../src/interfaces/helm.ts';
import type { Quality } from '../../support/pods.ts';

export const RELEASE = 'small';
export const CHART = { name: RELEASE, version: '1.0.0' };

/** What the input `values` holds. */
interface Values {
  version: string;
  quality: Quality;
  claim: boolean;
}

export const valuesText = (values: Values): string => JSON.stringify(values);

const SAFE = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Pure: the chart of a small app, rendered: a workload, its Service, a claim. */
export function renderSmall(namespace: string, { release, values }: HelmRenderOptions): HelmRender {
  const { version, quality, claim } = JSON.parse(values.inline ?? '') as Values;
  const labels = { app: 'web' };
  const container = {
    name: 'web',
    image: `registry.example/app:${version}`,
    env: [
      { name: 'QUALITY', value: quality },
      { name: 'VERSION', value: version },
    ],
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '1Mi' } },
    securityContext: SAFE,
  };
  const pod = { metadata: { labels }, spec: { containers: [container] } };
  const objects = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${release}-web` },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: pod },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${release}-web` },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    ...(claim
      ? [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'files' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ]
      : []),
  ];
  const texts = objects.map((object) => `---\n${JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } })}\n`);
  return {
    release,
    namespace,
    chart: { ...CHART, appVersion: version },
    manifest: texts.join(''),
    hooks: [],
    config: {},
    templates: {},
    notes: '',
  };
}
