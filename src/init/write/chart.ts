import type { App, Image, PlannedFile, Workload } from '../model.ts';
import { OWN_CHART } from '../read/chart.ts';
import { below, valueKey } from '../read/names.ts';
import { indent, scalar } from './text.ts';
import { secretName } from './workflows.ts';

/** What the templates make. */
export const chartKinds = (workloads: readonly Workload[]): { apiVersion: string; kind: string }[] => [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  ...(workloads.some(({ port }) => port !== undefined)
    ? [
        { apiVersion: 'v1', kind: 'Service' },
        { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
      ]
    : []),
];

/** Pure: a small ordinary chart: a Deployment and a Service for each workload, and an Ingress for the front door. */
export function chartFiles(app: App): PlannedFile[] {
  const files: [string, string][] = [
    ['Chart.yaml', chartYaml(app)],
    ['values.yaml', valuesYaml(app)],
    ...app.workloads.map((workload): [string, string] => [`templates/${workload.name}.yaml`, workloadTemplate(app, workload)]),
    ...(app.front === undefined ? [] : [['templates/ingress.yaml', INGRESS] as [string, string]]),
  ];
  return files.map(([path, content]) => ({ path: below(app.chart, path), content }));
}

const chartYaml = ({ release }: App): string => `apiVersion: v2
name: ${scalar(release)}
description: ${release} on Kubernetes
type: application
version: 0.1.0
annotations:
  ${OWN_CHART}: init
`;

function valuesYaml(app: App): string {
  const parts = app.workloads.map((workload) => workloadValues(app, workload));
  return `${[...parts, ...(app.front === undefined ? [] : [ingressValues(app, app.front)])].join('\n')}`;
}

function workloadValues(app: App, { name, image, port, health, env }: Workload): string {
  const variables = Object.entries(env).map(([variable, value]) => `    ${variable}: ${JSON.stringify(value)}`);
  return `${valueKey(name)}:
  image:
    repository: ${repositoryOf(app, image)}
    tag: latest # a deploy puts the digest of what it built here
  replicas: ${port === undefined ? 1 : 2}
${port === undefined ? '' : `  port: ${port}\n`}${port === undefined ? '' : `  health: ${health === undefined ? '"" # a path that answers 200 while it is well, such as /health; empty: the port is opened' : scalar(health)}\n`}  env:${variables.length === 0 ? ' {}' : `\n${variables.join('\n')}`}
  resources:
    requests: {cpu: 100m, memory: 128Mi}
    limits: {memory: 512Mi}
`;
}

const repositoryOf = ({ registry }: App, image: Image['name']): string => `${registry}/${image}`;

function ingressValues({ host, issuer, ingressClass, release, workloads }: App, front: string): string {
  const others = workloads.filter(({ name, port }) => port !== undefined && name !== front);
  return `ingress:
  className: ${scalar(ingressClass ?? '')} # empty: the cluster's default
  host: ${scalar(host ?? '')} # empty: all hosts
  clusterIssuer: ${scalar(issuer ?? '')} # of cert-manager; empty: no certificate
  tlsSecret: ${issuer === undefined ? '""' : scalar(`${release}-tls`)}
  paths:
    - {path: /, service: ${scalar(front)}, port: ${workloads.find(({ name }) => name === front)?.port}}
${others.map(({ name, port }) => `    # - {path: /${name === 'backend' || name.includes('api') ? 'api' : name}, service: ${scalar(name)}, port: ${port}}\n`).join('')}`;
}

const LABELS = (name: string, by: number): string =>
  indent(`app.kubernetes.io/name: ${scalar(name)}\napp.kubernetes.io/instance: {{ .Release.Name | quote }}`, by);

function workloadTemplate(app: App, workload: Workload): string {
  const { name, port, user, secretEnv, writable } = workload;
  const values = `.Values.${valueKey(name)}`;
  const privileged = port !== undefined && port < 1024;
  const own = `            {{- range $name, $value := ${values}.env }}\n            - {name: {{ $name | quote }}, value: {{ $value | quote }}}\n            {{- end }}`;
  const secret = secretEnv.map(
    (variable) =>
      `            - name: ${variable}\n              valueFrom: {secretKeyRef: {name: ${scalar(secretName(app.release))}, key: ${variable}}}`,
  );
  const env =
    secret.length > 0
      ? ['          env:', own, ...secret]
      : [`          {{- if ${values}.env }}`, '          env:', own, '          {{- end }}'];
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${scalar(name)}
  labels:
${LABELS(name, 4)}
spec:
  replicas: {{ ${values}.replicas }}
  selector:
    matchLabels:
${LABELS(name, 6)}
  template:
    metadata:
      labels:
${LABELS(name, 8)}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false # SHOP_PORT and the like would be read as settings
      securityContext:
        runAsNonRoot: true
        runAsUser: ${user}
        runAsGroup: ${user}
        fsGroup: ${user}
        seccompProfile: {type: RuntimeDefault}
${privileged ? `        sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}] # it listens on ${port}\n` : ''}      containers:
        - name: ${scalar(name)}
          image: "{{ ${values}.image.repository }}:{{ ${values}.image.tag }}"
${commands(workload)}          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
${env.join('\n')}
${port === undefined ? '' : `          ports:\n            - {name: http, containerPort: {{ ${values}.port }}}\n${probes(values)}`}          resources:
            {{- toYaml ${values}.resources | nindent 12 }}
${volumes(writable)}`;
  return port === undefined ? deployment : `${deployment}---\n${serviceTemplate(name, values)}`;
}

const commands = ({ command, args }: Workload): string =>
  Object.entries({ command, args })
    .map(([field, words]) => (words === undefined ? '' : `          ${field}: ${JSON.stringify(words)}\n`))
    .join('');

/** The slowest start has two minutes. A liveness probe that asks for more than the port restarts an app whose database is away. */
const probes = (values: string): string => {
  const health = `            {{- if ${values}.health }}
            httpGet: {path: {{ ${values}.health | quote }}, port: http}
            {{- else }}
            tcpSocket: {port: http}
            {{- end }}`;
  return `          startupProbe:
${health}
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
${health}
            periodSeconds: 5
            timeoutSeconds: 3
          livenessProbe:
            tcpSocket: {port: http}
            periodSeconds: 10
            timeoutSeconds: 3
`;
};

const volumes = (folders: readonly string[]): string =>
  folders.length === 0
    ? ''
    : `          volumeMounts:\n${folders.map((folder, index) => `            - {name: writable-${index}, mountPath: ${folder}}\n`).join('')}      volumes:\n${folders.map((_, index) => `        - {name: writable-${index}, emptyDir: {}}\n`).join('')}`;

const serviceTemplate = (name: string, values: string): string => `apiVersion: v1
kind: Service
metadata:
  name: ${scalar(name)}
  labels:
${LABELS(name, 4)}
spec:
  selector:
${LABELS(name, 4)}
  ports:
    - {name: http, port: {{ ${values}.port }}, targetPort: http}
`;

const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name | quote }}
  {{- with .Values.ingress.clusterIssuer }}
  annotations:
    cert-manager.io/cluster-issuer: {{ . | quote }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.ingress.tlsSecret }}
  tls:
    - secretName: {{ . | quote }}
      hosts: [{{ $.Values.ingress.host | quote }}]
  {{- end }}
  rules:
    - http:
        paths:
          {{- range .Values.ingress.paths }}
          - path: {{ .path | quote }}
            pathType: Prefix
            backend: {service: {name: {{ .service | quote }}, port: {number: {{ .port }}}}}
          {{- end }}
      {{- with .Values.ingress.host }}
      host: {{ . | quote }}
      {{- end }}
`;
