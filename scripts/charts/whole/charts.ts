import type { WholeChart } from './model.ts';

const podinfo = (tag: string) => ({
  image: { repository: 'docker.io/stand-ins/podinfo', tag },
  replicaCount: 2,
  ingress: { enabled: true, className: 'traefik', hosts: [{ host: 'podinfo.whole.test', paths: [{ path: '/', pathType: 'Prefix' }] }] },
  hpa: { enabled: true, maxReplicas: 3, cpu: 80 },
  podDisruptionBudget: { minAvailable: 1 },
  hooks: Object.fromEntries(['preInstall', 'postInstall', 'preUpgrade', 'postUpgrade'].map((name) => [name, { job: { enabled: true } }])),
});

const settings = (tag: string, more = ''): string => `listen_addresses = '*'\nwhole.version = '${tag}'\n${more}`;
const postgres = (tag: string) => ({
  settings: { superuserPassword: { value: 'not-a-secret' } },
  image: { tag: '17' },
  storage: { requestedSize: '100Mi' },
  args: ['-c', 'config_file=/etc/postgresql/postgresql.conf'],
  customConfig: settings(tag),
});

const superset = (tag: string) => ({ image: { repository: 'docker.io/stand-ins/superset', tag } });

const nginx = (tag: string) => ({
  global: { security: { allowInsecureImages: true } },
  image: { repository: 'stand-ins/nginx', tag },
  service: { type: 'ClusterIP' },
  ingress: { enabled: true, ingressClassName: 'traefik', hostname: 'nginx.whole.test' },
  autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 3, targetCPU: 80 },
});

const rollouts = (tag: string) => ({
  controller: { image: { registry: 'docker.io', repository: 'stand-ins/argo-rollouts', tag } },
  dashboard: { enabled: true, image: { registry: 'docker.io', repository: 'stand-ins/argo-rollouts', tag } },
});

/** With more of it, or another name, the chart's Service gets all of 63 characters, and the name of its test pod is cut to the same host name. */
const LONG = 'prometheus-yet-another-cloudwatch-exporter-in-region1';

export const CHARTS: readonly WholeChart[] = [
  {
    repository: 'stefanprodan/podinfo',
    path: 'charts/podinfo',
    make: 'Deployment, Service, Ingress, HPA, PDB, pre and post hooks, three test pods',
    release: 'podinfo',
    ports: [9898, 9797, 9999],
    aliases: ['curlimages/curl:7.69.0', 'giantswarm/tiny-tools:latest', 'stefanprodan/grpc_health_probe:v0.3.0'],
    values: podinfo,
    broken: {
      what: 'an image that does not exist',
      values: { image: { tag: 'none' } },
      reason: 'image-not-found',
      message: /The image \S+stand-ins\/podinfo:none does not exist/,
    },
    serving: (app) => app.answers('podinfo', 9898),
  },
  {
    repository: 'groundhog2k/helm-charts',
    path: 'charts/postgres',
    make: 'StatefulSet alone: PostgreSQL itself, with a claim',
    release: 'postgres',
    values: postgres,
    broken: {
      what: 'a setting at which PostgreSQL ends',
      values: { customConfig: settings('v3', 'shared_buffers = plenty\n') },
      reason: 'crash-loop',
      message: /Container "postgres" of StatefulSet\/postgres crashes/,
    },
    serving: async (app) => [
      await app.kubectl(
        'exec',
        'postgres-0',
        '--container=postgres',
        '--',
        'psql',
        '-h',
        '/tmp',
        '-U',
        'postgres',
        '-tAc',
        'show whole.version',
      ),
    ],
  },
  {
    repository: 'prometheus-community/helm-charts',
    path: 'charts/prometheus-systemd-exporter',
    make: 'DaemonSet on the host network, with a Service',
    release: 'systemd-exporter',
    ports: [9558],
    values: (tag) => ({ image: { registry: 'docker.io', repository: 'stand-ins/prometheus-systemd-exporter', tag } }),
    broken: {
      what: 'a crash',
      values: { image: { tag: 'crash' } },
      reason: 'crash-loop',
      message: /of DaemonSet\/\S+ crashes right after it starts/,
    },
    serving: (app) => app.answers('systemd-exporter-prometheus-systemd-exporter', 9558),
  },
  {
    repository: 'k8s-at-home/charts',
    path: 'charts/stable/uptime-kuma',
    make: 'Deployment with a claim of one node, by a library chart',
    release: 'uptime-kuma',
    ports: [3001],
    values: (tag) => ({
      image: { repository: 'docker.io/stand-ins/uptime-kuma', tag },
      persistence: { data: { enabled: true, accessMode: 'ReadWriteOnce', size: '100Mi' } },
    }),
    broken: {
      what: 'an image that does not exist',
      values: { image: { tag: 'none' } },
      reason: 'image-not-found',
      message: /The image \S+stand-ins\/uptime-kuma:none does not exist/,
    },
    serving: (app) => app.answers('uptime-kuma', 3001),
  },
  {
    repository: 'deliveryhero/helm-charts',
    path: 'stable/pg-repack-scheduler',
    make: 'a CronJob alone',
    release: 'pg-repack-scheduler',
    ports: [],
    values: (tag) => ({ image: { repository: 'docker.io/stand-ins/pg-repack-scheduler', tag }, schedule: { suspend: false } }),
    broken: {
      what: 'a schedule that is none',
      values: { schedule: { minute: '61' } },
      reason: 'chart-invalid',
      message: /pg-repack-scheduler.*spec\.schedule/s,
    },
    serving: (app) => app.ticks(),
  },
  {
    repository: 'deliveryhero/helm-charts',
    path: 'stable/superset',
    make: 'three Deployments (web, worker, beat), post hooks that migrate',
    release: 'superset',
    ports: [8088],
    values: superset,
    broken: {
      what: 'a migration that fails',
      values: { env: { STAND_IN_FAIL: 'upgrade' } },
      reason: 'hook-failed',
      message: /superset-db-upgrade/,
    },
    serving: (app) => app.answers('superset', 80),
  },
  {
    repository: 'deliveryhero/helm-charts',
    path: 'stable/locust',
    make: 'two Deployments (master, workers), shell entry points from a ConfigMap',
    release: 'locust',
    ports: [8089, 5557, 5558],
    values: (tag) => ({ image: { repository: 'docker.io/stand-ins/locust', tag }, worker: { replicas: 2 } }),
    broken: {
      what: 'a crash',
      values: { image: { tag: 'crash' } },
      reason: 'crash-loop',
      message: /of Deployment\/locust-(master|worker)\S* crashes right after it starts/,
    },
    serving: async (app) => [
      ...(await app.answers('locust', 8089)),
      ...(await app.running('component=worker,app.kubernetes.io/instance=locust')),
    ],
  },
  {
    repository: 'bitnami/charts',
    path: 'bitnami/nginx',
    make: 'Deployment with HPA, PDB, NetworkPolicy, Ingress, generated TLS Secret, init container',
    release: 'nginx',
    ports: [8080, 8443],
    values: nginx,
    broken: {
      what: 'an app that answers 500 to its probe',
      values: { extraEnvVars: [{ name: 'STAND_IN_STATUS', value: '500' }] },
      reason: 'not-ready',
      message: /readiness probe GET \S+.*500/s,
    },
    serving: (app) => app.answers('nginx', 80),
  },
  {
    repository: 'argoproj/argo-helm',
    path: 'charts/argo-rollouts',
    make: 'an operator: definitions among the templates, cluster roles, two Deployments',
    release: 'argo-rollouts',
    ports: [8080, 8090, 3100],
    definitions: /\.argoproj\.io$/,
    values: rollouts,
    broken: {
      what: 'an image that does not exist, of one of two Deployments',
      values: { dashboard: { image: { tag: 'none' } } },
      reason: 'image-not-found',
      message: /The image \S+stand-ins\/argo-rollouts:none does not exist/,
    },
    serving: async (app) => [
      ...(await app.answers('argo-rollouts-dashboard', 3100)),
      ...(await app.running('app.kubernetes.io/component=rollouts-controller')),
    ],
  },
  {
    repository: 'bitnami/charts',
    path: 'bitnami/sealed-secrets',
    make: 'an operator: its definition in crds/, Roles and their bindings, PDB',
    release: 'sealed-secrets',
    ports: [8080, 8081],
    definitions: /^sealedsecrets\.bitnami\.com$/,
    values: (tag) => ({ global: { security: { allowInsecureImages: true } }, image: { repository: 'stand-ins/sealed-secrets', tag } }),
    broken: {
      what: 'a crash',
      values: { image: { tag: 'crash' } },
      reason: 'crash-loop',
      message: /of Deployment\/sealed-secrets-blue crashes right after it starts/,
    },
    serving: (app) => app.answers('sealed-secrets', 8080),
  },
  {
    repository: 'prometheus-community/helm-charts',
    path: 'charts/prometheus-yet-another-cloudwatch-exporter',
    make: 'Deployment and Service under a release name of 53 characters, a test pod',
    release: LONG,
    ports: [5000],
    values: (tag) => ({ image: { registry: 'docker.io', repository: 'stand-ins/prometheus-yet-another-cloudwatch-exporter', tag } }),
    broken: {
      what: 'a test pod that fails',
      values: { extraEnv: [{ name: 'STAND_IN_FAIL_PATHS', value: '/' }] },
      reason: 'smoke-failed',
      message: /test-connection/,
    },
    serving: (app) => app.answers(LONG, 80),
  },
];
