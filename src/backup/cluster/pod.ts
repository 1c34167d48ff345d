import type { DatabaseSource, EnvSource } from './find-database.ts';

/** What a pod of a backup, a drill or a restore is made of. */
export interface PodPlan {
  image: string;
  /** Command and flags of `todo-deploy`; names of variables in `$(…)` stand for their values. */
  args: readonly string[];
  /** Variables that are no part of the database's. */
  env: Readonly<Record<string, EnvSource>>;
  database: DatabaseSource;
  /** Of the volume that the dump lies on meanwhile. */
  scratchSize: string;
  memory: string;
  pullSecrets: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Secrets whose content goes into the backup; left out where it is none. */
  recovery?: readonly string[] | undefined;
  /** A file that is there once the program waits for whoever takes what it has: the pod is ready then. */
  readyFile?: string | undefined;
}

const RECOVERY = '/recovery';
/** One volume for all: a CronJob's is changed when the app has other records. */
export const RECOVERY_VOLUME = 'recovery';
/** What Helm calls the Secret of a revision begins so. */
const HELM_RECORD = 'sh.helm.release.v1.';
const USER = 1000;

export const RESTRICTED = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };

/** Parts of a database to the variables that stand for them; passwords only ever stand in variables. */
const PARTS = { host: 'TODO_DATABASE_HOST', port: 'TODO_DATABASE_PORT', name: 'TODO_DATABASE_NAME', user: 'TODO_DATABASE_USER' } as const;
const SECRETS = { url: 'DATABASE_URL', password: 'DATABASE_PASSWORD' } as const;

/** Pure: flags that a database's parts are handed over by. */
export const databaseFlags = (database: DatabaseSource): string[] =>
  Object.entries(PARTS).flatMap(([part, variable]) => (database[part as keyof typeof PARTS] ? [`--database-${part}=$(${variable})`] : []));

/** Pure: a pod's spec: restricted, without a token, everything that it writes on volumes that end with it. */
export function podSpec(plan: PodPlan): Record<string, unknown> {
  const { image, args, env, database, scratchSize, memory, pullSecrets, readyFile, recovery } = plan;
  const include = recovery ? [`--include=${RECOVERY}`] : [];
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER, seccompProfile: { type: 'RuntimeDefault' } },
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    containers: [
      {
        name: 'backup',
        image,
        args: [...args, ...include, '--scratch=/scratch', '--report=/dev/termination-log'],
        env: [...variables(database), ...named(env), { name: 'HOME', value: '/tmp' }, { name: 'NO_COLOR', value: '1' }],
        terminationMessagePolicy: 'FallbackToLogsOnError',
        securityContext: RESTRICTED,
        ...(readyFile && { readinessProbe: { exec: { command: ['test', '-e', readyFile] }, periodSeconds: 1 } }),
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory } },
        volumeMounts: [
          { name: 'scratch', mountPath: '/scratch' },
          { name: 'tmp', mountPath: '/tmp' },
          ...(recovery ? [{ name: RECOVERY_VOLUME, mountPath: RECOVERY, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: 'scratch', emptyDir: { sizeLimit: scratchSize } },
      // The key of a drill never lies on a disk.
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      ...(recovery ? [{ name: RECOVERY_VOLUME, projected: { sources: recoverySources(recovery) } }] : []),
    ],
  };
}

/** Pure: each Secret in a folder of its name. A deploy may forget the oldest meanwhile. */
export const recoverySources = (names: readonly string[]): object[] =>
  names.map((name) => {
    const key = name.startsWith(HELM_RECORD) ? 'release' : 'journal.json';
    return { secret: { name, optional: true, items: [{ key, path: `${name}/${key}` }] } };
  });

function variables(database: DatabaseSource): object[] {
  const all = { ...PARTS, ...SECRETS };
  return (Object.keys(all) as (keyof typeof all)[]).flatMap((part) => {
    const source = database[part];
    return source ? [{ name: all[part], ...source }] : [];
  });
}

const named = (env: Readonly<Record<string, EnvSource>>): object[] => Object.entries(env).map(([name, source]) => ({ name, ...source }));
