import { POD, SERVICE } from '../../deploy/kube/names.ts';
import { type Stuck, StuckPods } from '../../deploy/kube/stuck.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { DeployError, TimeoutError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod, Service } from '../../interfaces/objects.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import type { DatabaseSource } from '../cluster/find-database.ts';
import { RESTRICTED } from '../cluster/pod.ts';
import type { JobTools } from '../cluster/run-job.ts';

/** The PostgreSQL of a drill, its Service and its Secret. */
export const DRILL_DATABASE = 'todo-deploy-drill-database';
const OWN = { 'todo-deploy.dev/drill-database': 'true' };
export const PORT = 5432;
/** Of the official images. */
const USER = 999;
const DATA = '/var/lib/postgresql/data';
const LIMIT_MS = 300_000;

export interface DrillDatabase {
  image: string;
  /** Its first role, a superuser. */
  user: string;
  password: string;
  /** Those by which the app's own Service finds its database, where it has one. */
  labels: Readonly<Record<string, string>>;
  /** Names by which that Service finds the port. */
  ports: readonly { name: string }[];
  /** By which the app finds it. */
  port: number;
  pullSecrets: readonly string[];
  /** Of the volume for its data, which ends with it. */
  size: string;
}

/** Pure: the image that goes with the server that was dumped, where none is named. */
export const postgresImageFor = (server: string): string => `postgres:${Number.parseInt(server, 10)}`;

/** Pure: Secret, Service and pod. Everything it holds ends with the pod. */
export function databaseObjects({ image, user, password, labels, ports, port, pullSecrets, size }: DrillDatabase): KubernetesObject[] {
  const metadata = { name: DRILL_DATABASE, labels: { ...labels, ...OWN } };
  const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: DRILL_DATABASE, key } } });
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: DRILL_DATABASE }, type: 'Opaque', stringData: { user, password } },
    { ...SERVICE, metadata: { name: DRILL_DATABASE }, spec: { selector: OWN, ports: servicePorts(port) } },
    {
      ...POD,
      metadata,
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 1,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: USER,
          fsGroup: USER,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
        containers: [
          {
            name: 'postgres',
            image,
            env: [
              { name: 'POSTGRES_USER', ...fromSecret('user') },
              { name: 'POSTGRES_PASSWORD', ...fromSecret('password') },
              { name: 'POSTGRES_DB', value: 'postgres' },
              { name: 'PGDATA', value: `${DATA}/drill` },
            ],
            ports: ports.map(({ name }) => ({ name, containerPort: PORT })),
            securityContext: RESTRICTED,
            readinessProbe: { exec: { command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', user] }, periodSeconds: 1 },
            resources: { requests: { cpu: '100m', memory: '256Mi' } },
            volumeMounts: [
              { name: 'data', mountPath: DATA },
              { name: 'run', mountPath: '/var/run/postgresql' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'data', emptyDir: { sizeLimit: size } },
          { name: 'run', emptyDir: { sizeLimit: '16Mi' } },
          { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        ],
      },
    },
  ];
}

const servicePorts = (port: number): object[] => [
  { name: 'postgres', port: PORT },
  ...(port === PORT ? [] : [{ name: 'app', port, targetPort: PORT }]),
];

/** How the Job reaches it: a database that is there in any case. */
export const drillSource = (): DatabaseSource => {
  const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: DRILL_DATABASE, key } } });
  return {
    host: { value: DRILL_DATABASE },
    port: { value: String(PORT) },
    name: { value: 'postgres' },
    user: fromSecret('user'),
    password: fromSecret('password'),
  };
};

/** Starts it, and waits until it is ready. Returns the address of its Service. Errors: `drill-failed`, `TimeoutError`. */
export async function startDatabase(wanted: DrillDatabase, tools: JobTools): Promise<string> {
  const { kubernetes } = tools;
  for (const object of databaseObjects(wanted)) await kubernetes.apply(object, { fieldManager: FIELD_MANAGER, force: true });
  const stuck = new StuckPods();
  await watchUntil({
    ...tools,
    watch: [{ kind: POD, options: { fieldSelector: `metadata.name=${DRILL_DATABASE}` } }],
    limitMs: LIMIT_MS,
    waitingFor: 'the PostgreSQL of this drill to be ready',
    judge: (view, now) => judged(view.get(POD, DRILL_DATABASE), wanted.image, stuck.find(view.all(POD), now)),
    onLimit: (view) => new TimeoutError(`the PostgreSQL of this drill to be ready${placeOf(view.get(POD, DRILL_DATABASE))}`, LIMIT_MS),
  });
  return (await kubernetes.get<Service>({ ...SERVICE, name: DRILL_DATABASE }))?.spec?.clusterIP ?? '';
}

function judged(pod: Pod | undefined, image: string, held: Stuck | undefined): true | undefined {
  if (held) {
    throw new DeployError('drill-failed', `The PostgreSQL of this drill does not start from image ${image}: ${held.message}`, {
      hint: 'The input "postgres-image" names another one, "image-pull-secrets" what it is pulled with.',
    });
  }
  const ended = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended) throw new DeployError('drill-failed', `The PostgreSQL of this drill ended by itself (exit code ${ended.exitCode})`);
  return pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? true : undefined;
}

const placeOf = (pod: Pod | undefined): string => {
  const scheduled = pod?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return scheduled ? ` (${scheduled.message})` : '';
};
