import type { InputField, Metadata } from './metadata.ts';
import { readMetadata } from './metadata.ts';

/** A command that is no action: what it takes of an action's inputs as they are, and its own. */
export interface OwnMetadata {
  description: string;
  /** Names of inputs of the action in the command's folder; none of them is required here. */
  taken: readonly string[];
  more: readonly InputField[];
}

const field = (name: string, description: string, more: Partial<InputField> = {}): InputField => ({
  name,
  description,
  required: false,
  fallback: '',
  boolean: false,
  ...more,
});

/** Returns the metadata of a command that is no action. */
export function ownMetadata(root: string, folder: string, { description, taken, more }: OwnMetadata): Metadata {
  const { inputs } = readMetadata(root, folder);
  const found = taken.flatMap((name) => inputs.filter((input) => input.name === name));
  return { description, inputs: [...more, ...found.map((input) => ({ ...input, required: false }))] };
}

export const INIT: OwnMetadata = {
  description:
    "Reads the repository and writes what a deploy needs: workflows, the account's Role, a chart where there is none. Overwrites nothing.",
  taken: [],
  more: [
    field('dry-run', 'Show everything that would be written, and write nothing.', { fallback: 'false', boolean: true }),
    field('images', 'Images to build, one per line: `name: context`. Default: those of the compose file, or of the Dockerfiles.'),
    field('registry', 'Registry with its prefix. Default: the one that the chart names, or ghcr.io/OWNER of the GitHub remote.'),
    field('chart', 'Chart folder. Default: the one that there is; without one, a small chart is written.'),
    field('release', "Helm release name of the app. Default: the chart's name, or the repository's."),
    field('namespace', "Namespace. Default: the release's name."),
    field(
      'port',
      'Port that the app listens on; NAME=PORT, one per line, where there are several. Default: as Dockerfile or framework say.',
    ),
    field('host', 'Host name of the app, for the Ingress of the chart that is written. Default: all hosts.'),
    field('ingress-class', "IngressClass for that chart. Default: the cluster's default."),
    field('cluster-issuer', "cert-manager's ClusterIssuer for that chart. Default: no certificate."),
    field('cluster', 'DigitalOcean Kubernetes cluster, by name or id. Default: a kubeconfig in the secret KUBECONFIG.'),
    field('environment', 'GitHub environment of the deploys.', { fallback: 'production' }),
    field('branch', "Branch whose pushes are deployed. Default: the remote's default branch."),
  ],
};

const STORAGE = [
  field('release', 'Helm release name of the app.'),
  field('namespace', "Namespace of the app. Default: the release's name."),
  field('destination', 'Where backups are kept: s3://BUCKET/PREFIX.'),
  field('endpoint', 'Address of the storage: https://HOST.'),
  field('region', 'Region of the storage.', { fallback: 'us-east-1' }),
  field('access-key-id', 'Name of the key of the storage.'),
  field('secret-access-key', 'Key of the storage.'),
  field('database-url', 'Address of the database: postgresql://USER:PASSWORD@HOST:PORT/NAME. The following flags overrule its parts.'),
  field('database-host', 'Host of the database server.'),
  field('database-port', 'Its port.', { fallback: '5432' }),
  field('database-name', 'Name of the database; for a restore, of one that is there, such as postgres.'),
  field('database-user', 'Role to connect as.'),
  field('database-password', 'Its password.'),
  field('database-sslmode', "libpq's sslmode: disable, allow, prefer, require, verify-ca, verify-full.", { fallback: 'prefer' }),
  field('database-ca', "File with the certificates of the server's authority."),
  field('jobs', 'Tables that are dumped or restored at a time.', { fallback: '2' }),
  field('scratch', 'Folder with room for a dump. Default: the folder for temporary files.'),
  field('wait', 'How long to wait until the database server accepts connections.', { fallback: '0s' }),
  field('timeout', 'Time limit of each program.', { fallback: '6h' }),
];

export const BACKUP_JOB: OwnMetadata = {
  description:
    "Takes one backup with this machine's programs (pg_dump, age, tar, rclone), as the Job of the backup action does: one snapshot, encrypted, read back and compared, manifest last.",
  taken: [],
  more: [
    ...STORAGE,
    field('recipients', "age's public keys, two at least: one a line."),
    field('keep', 'How many hours, days, weeks and months keep a backup.', { fallback: '24h 7d 4w 12m' }),
    field('keep-good', 'Backups that a drill has restored of which there always stay so many.', { fallback: '3' }),
    field('cap', 'Backups that one run removes at most.', { fallback: '20' }),
    field('dry-run', 'Take nothing, and show what would be removed now; of the database and the keys nothing is needed then.', {
      fallback: 'false',
      boolean: true,
    }),
    field('ping-url', 'Address at a dead-man service: told how it ended, by POST, there or at /fail below it.'),
    field('include', 'Folder whose files go with the dump, encrypted as it is.'),
    field(
      'beside',
      'How long to wait for what goes with the backup beside its dump (volume snapshots): asked and told on the loopback address.',
      {
        fallback: '0s',
      },
    ),
    field('port', 'Port for that, on the loopback address.', { fallback: '8901' }),
    field('ready-file', 'Path of a file that is there while it answers there.'),
    field(
      'held',
      'Ids of backups that something is held for, separated by commas: the report says which of them the storage has nothing of any more.',
    ),
    field('compress', "pg_dump's --compress. Default: zstd:3 from PostgreSQL 16 on."),
  ],
};

export const RESTORE_JOB: OwnMetadata = {
  description:
    "Restores a backup into a new database with this machine's programs and compares it, as the Job of the restore action does; cuts an app's database over to it, and undoes that.",
  taken: [],
  more: [
    ...STORAGE,
    field(
      'mode',
      'drill: into a server that is there for it alone, recorded; into: into a new database; replace: the same, and then cut-over; cut-over: the new database gets the name of the old one, which is kept; undo: the other way round.',
      {
        fallback: 'drill',
      },
    ),
    field('from', 'latest, latest-drilled, random, or the id of a backup. Default: latest for a drill, else latest-drilled.'),
    field('identity', 'A private key of age that opens the backup.'),
    field('target', 'Name of the new database. Default: the dumped one for a drill, else called after the backup.'),
    field('confirm', 'HOST:PORT/NAME of the new database, where it is made on the server that was dumped.'),
    field('fresh', 'The server is there for this alone: its roles become those of the source. Default: for a drill.', { boolean: true }),
    field('login-user', 'A role that gets a password where the backup holds none.'),
    field('login-password', 'That password.'),
  ],
};

/** The database is none of its matters. */
const WITHOUT_DATABASE = STORAGE.filter(({ name }) => !/^(database-|jobs$|wait$)/.test(name));

export const RECOVERY_JOB: OwnMetadata = {
  description:
    "Opens a backup with this machine's programs, and gives its recovery point (Helm's records, the journal) to whoever connects on the loopback address, until it is ended: what a drill and a disaster of the restore action begin with.",
  taken: [],
  more: [
    ...WITHOUT_DATABASE,
    field('from', 'latest, latest-drilled, random, or the id of a backup.', { fallback: 'latest' }),
    field('identity', 'A private key of age that opens the backup.'),
    field('port', 'Port on the loopback address.', { fallback: '8901' }),
    field('ready-file', 'Path of a file that is there while it answers.'),
  ],
};

export const DOCTOR: OwnMetadata = {
  description:
    'Proves registry, cluster, rights and everything else that a first deploy rests on, and says what mends what is missing. Changes nothing.',
  taken: [
    'chart',
    'release',
    'namespace',
    'value-files',
    'values',
    'registry',
    'secrets',
    'image-pull-secrets',
    'shared',
    'url',
    'cluster',
    'digitalocean-token',
    'kubeconfig',
    'context',
    'service-account',
    'github-token',
  ],
  more: [field('username', 'User name at the registry. Default: as for a build.'), field('password', 'Password or token at the registry.')],
};
