import { randomBytes } from 'node:crypto';
import {
  type DatabaseSource,
  databaseFlags,
  databaseOf,
  databasePolicy,
  isOfRelease,
  type JobRun,
  ownPolicy,
  type PodPlan,
} from '../../../backup/index.ts';
import type { App } from '../../../backup/model.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { Kubernetes, KubernetesObject } from '../../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { fitted } from '../../../split/index.ts';
import type { Destination, StorageKeys } from './storage.ts';

/** What backup and restore have in common: where the Job runs, what it is made of. */
export interface JobInputs {
  app: App;
  destination: Destination;
  keys: StorageKeys;
  /** undefined: as the app's own workloads have it. */
  database: DatabaseSource | undefined;
  databasePort: number;
  image: string;
  pullSecrets: string[];
  scratchSize: string;
  memory: string;
  jobs: number;
  timeoutMs: number;
}

export const IMAGE = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;
const QUANTITY = /^\d+(?:\.\d+)?(?:[KMGT]i?)?$/;
const REFERENCE = /^([a-z0-9][a-z0-9.-]*)\/([\w.-]+)$/;
const DAY = 86_400_000;
const POSTGRES = 5432;

/** Throws ConfigurationError. */
export function readJobInputs({ inputs }: Pick<ActionContext, 'inputs'>): Omit<JobInputs, 'app' | 'destination' | 'keys'> {
  return {
    database: readDatabaseSource(inputs),
    databasePort: inputs.integer('database-port', { default: POSTGRES, min: 1, max: 65_535 }),
    image: inputs.required('image', { pattern: IMAGE, describe: 'an image such as registry.example.com/backup:1' }),
    pullSecrets: inputs.list('image-pull-secrets', { pattern: /^[a-z0-9][a-z0-9.-]*$/, describe: 'names of Secrets' }),
    scratchSize: inputs.string('scratch-size', { default: '20Gi', pattern: QUANTITY, describe: 'a size such as 20Gi' }),
    memory: inputs.string('memory', { default: '1Gi', pattern: QUANTITY, describe: 'a size such as 1Gi' }),
    jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
    timeoutMs: inputs.duration('timeout', '2h', { min: 60_000, max: DAY }),
  };
}

/** `database: SECRET/KEY` is a whole address; with the other parts it is the password. */
function readDatabaseSource(inputs: ActionContext['inputs']): DatabaseSource | undefined {
  const reference = inputs.string('database', { pattern: REFERENCE, describe: 'SECRET/KEY of a Secret in the namespace' });
  const [, name = '', key = ''] = REFERENCE.exec(reference) ?? [];
  const text = (part: string): string => inputs.string(part, { pattern: /^[^\0\n$]+$/ });
  const [host, database, user] = [text('database-host'), text('database-name'), text('database-user')];
  const port = inputs.integer('database-port', { default: POSTGRES, min: 1, max: 65_535 });
  const given = [host, database, user].filter((part) => part !== '').length;
  if (reference === '') {
    if (given === 0) return undefined;
    throw new ConfigurationError('Input "database" is empty, but other inputs name parts of a database', {
      hint: 'database: SECRET/KEY names where its password is.',
    });
  }
  const secret = { valueFrom: { secretKeyRef: { name, key } } };
  if (given === 0) return { url: secret };
  if (given < 3) {
    throw new ConfigurationError('Of "database-host", "database-name" and "database-user" some are empty', {
      hint: 'Set all three, or none where the Secret holds a whole address.',
    });
  }
  return { host: { value: host }, port: { value: String(port) }, name: { value: database }, user: { value: user }, password: secret };
}

const WORKLOADS = ['Deployment', 'StatefulSet'].map((kind) => ({ apiVersion: 'apps/v1', kind }));

/** As the inputs say, else as the app's workloads have it: references are passed on, and no password comes here. */
export async function findDatabase(kubernetes: Kubernetes, { app, database }: JobInputs): Promise<DatabaseSource> {
  if (database !== undefined) return database;
  const found: KubernetesObject[] = [];
  for (const kind of WORKLOADS) found.push(...(await kubernetes.list(kind)).items.filter((object) => isOfRelease(app.release, object)));
  return databaseOf(app.release, found);
}

/** Not longer than what a CronJob may be called. */
const LONGEST = 52;
const JOB_LABEL = 'todo-deploy.dev/job';

export interface Prepared {
  run: JobRun;
  /** Pods carry it, and policies name it. */
  labels: Record<string, string>;
}

export interface Wanted {
  what: 'backup' | 'drill' | 'restore' | 'recovery';
  /** Of `todo-deploy`, without storage and database. */
  args: readonly string[];
  database: DatabaseSource;
  /** Values that the Job gets from a Secret of its own. */
  secrets?: Readonly<Record<string, string>>;
  /** Addresses that it reaches beside the storage and the database; empty ones are none. */
  reaches?: readonly string[];
  /** It is in the Job's own namespace: no way out is opened to it. */
  databaseBeside?: boolean;
  readyFile?: string | undefined;
  /** Until the database server takes connections. */
  waitMs?: number;
  /** Secrets whose content goes into the backup. */
  recovery?: readonly string[];
  /** Without it, a name of its own for each run. */
  name?: string;
}

/** Until policies let the pod through. */
const WAIT_MS = 120_000;

/** A Job's pod, its Secret and its policies. */
export async function prepare(kubernetes: Kubernetes, inputs: JobInputs, wanted: Wanted): Promise<Prepared> {
  const { app, destination, keys } = inputs;
  const suffix = wanted.name === undefined ? `-${randomBytes(3).toString('hex')}` : '';
  const name = wanted.name ?? `${fitted(`todo-deploy-${app.release}-${wanted.what}`, LONGEST - suffix.length)}${suffix}`;
  const labels = { [JOB_LABEL]: name };
  const values = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey, ...wanted.secrets };
  const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  const { database } = wanted;
  const pod: PodPlan = {
    image: inputs.image,
    args: [
      ...wanted.args,
      ...storageFlags(app, destination),
      ...(Object.keys(database).length > 0
        ? [...databaseFlags(database), `--jobs=${inputs.jobs}`, `--wait=${wanted.waitMs ?? WAIT_MS}ms`]
        : []),
      `--timeout=${inputs.timeoutMs}ms`,
    ],
    env: Object.fromEntries(Object.keys(values).map((key) => [key, fromSecret(key)])),
    database,
    scratchSize: inputs.scratchSize,
    memory: inputs.memory,
    pullSecrets: inputs.pullSecrets,
    labels,
    recovery: wanted.recovery,
    readyFile: wanted.readyFile,
  };
  const secret: KubernetesObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, type: 'Opaque', stringData: values };
  const addresses = [destination.endpoint, ...(wanted.reaches ?? [])].filter((address) => address !== '');
  const databasePort = database.port && 'value' in database.port ? Number(database.port.value) : inputs.databasePort;
  const policies = [ownPolicy(name, { labels, ports: [...addresses.map(portOf), ...(wanted.databaseBeside ? [] : [databasePort])] })];
  const host = !wanted.databaseBeside && database.host && 'value' in database.host ? database.host.value : undefined;
  const way = host === undefined ? undefined : await databasePolicy(kubernetes, `${name}-in`, host, labels);
  return { run: { name, pod, beside: [secret, ...policies, ...(way ? [way] : [])], limitMs: inputs.timeoutMs }, labels };
}

function portOf(address: string): number {
  const { protocol, port } = new URL(address);
  return port === '' ? ({ 'https:': 443, 'http:': 80 }[protocol] ?? 443) : Number(port);
}

const storageFlags = ({ release, namespace }: App, { bucket, prefix, endpoint, region }: Destination): string[] => [
  `--release=${release}`,
  `--namespace=${namespace}`,
  `--destination=s3://${[bucket, prefix].filter((part) => part !== '').join('/')}`,
  `--endpoint=${endpoint}`,
  `--region=${region}`,
];
