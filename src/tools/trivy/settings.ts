import { join } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { dropped, type Environment } from '../environment/allow.ts';
import { cacheRoot } from './cache.ts';

/** Where Trivy's data comes from. We read these variables; Trivy gets arguments. */
export interface TrivySettings {
  /** Trivy's own cache folder: its databases, and what it knows of layers. */
  cacheFolder: string;
  database: DatabaseSettings;
  javaDatabase: DatabaseSettings;
  /** Nothing is looked up on the network to identify packages. */
  offline: boolean;
  /** Variables that are set and have no effect, since they would decide what is found. */
  dropped: string[];
}

export interface DatabaseSettings {
  /** As a sentence says it. */
  name: string;
  /** What in an image needs it. */
  isNeeded: string;
  folder: string;
  /** Tried in turn. */
  addresses: readonly string[];
  addressVariable: string;
  isNamed: boolean;
  /** The job keeps it: it is never fetched. */
  skip: boolean;
  skipVariable: string;
}

/** For downloads: logins, and how a registry is reached. */
export const DOWNLOAD_VARIABLES = [
  ...['TRIVY_USERNAME', 'TRIVY_PASSWORD', 'TRIVY_REGISTRY_TOKEN', 'TRIVY_INSECURE', 'TRIVY_NON_SSL', 'TRIVY_CACERT'],
  'DOCKER_CONFIG',
];

/** For the checks of misconfigurations, which Trivy fetches while it scans. */
export const CHECKS_VARIABLES = ['TRIVY_CHECKS_BUNDLE_REPOSITORY', 'TRIVY_SKIP_CHECK_UPDATE'];

/** Read by us, or said by our arguments in any case. */
const KNOWN = [
  ...DOWNLOAD_VARIABLES,
  ...CHECKS_VARIABLES,
  ...['TRIVY_DB_REPOSITORY', 'TRIVY_JAVA_DB_REPOSITORY', 'TRIVY_CACHE_DIR', 'TRIVY_SKIP_DB_UPDATE', 'TRIVY_SKIP_JAVA_DB_UPDATE'],
  ...['TRIVY_OFFLINE_SCAN', 'TRIVY_NO_PROGRESS', 'TRIVY_QUIET', 'TRIVY_DISABLE_TELEMETRY', 'TRIVY_SKIP_VERSION_CHECK'],
];

/** Trivy's own, without the schema's tag, which it adds. */
const DATABASES = ['mirror.gcr.io/aquasec/trivy-db', 'ghcr.io/aquasecurity/trivy-db'];
const JAVA_DATABASES = ['mirror.gcr.io/aquasec/trivy-java-db', 'ghcr.io/aquasecurity/trivy-java-db'];

/** Reads them. Throws ConfigurationError. */
export function readSettings(env: Environment): TrivySettings {
  const cacheFolder = cacheRoot(env);
  return {
    cacheFolder,
    database: databaseOf(env, DATABASES, {
      name: 'vulnerability database',
      isNeeded: 'always',
      folder: join(cacheFolder, 'db'),
      addressVariable: 'TRIVY_DB_REPOSITORY',
      skipVariable: 'TRIVY_SKIP_DB_UPDATE',
    }),
    javaDatabase: databaseOf(env, JAVA_DATABASES, {
      name: 'Java database',
      isNeeded: 'a .jar in it',
      folder: join(cacheFolder, 'java-db'),
      addressVariable: 'TRIVY_JAVA_DB_REPOSITORY',
      skipVariable: 'TRIVY_SKIP_JAVA_DB_UPDATE',
    }),
    offline: isTrue('TRIVY_OFFLINE_SCAN', env.TRIVY_OFFLINE_SCAN),
    dropped: dropped(env, 'TRIVY_', KNOWN),
  };
}

function databaseOf(
  env: Environment,
  defaults: readonly string[],
  what: Omit<DatabaseSettings, 'addresses' | 'isNamed' | 'skip'>,
): DatabaseSettings {
  const named = list(what.addressVariable, env[what.addressVariable]);
  const isNamed = named.length > 0;
  return { ...what, addresses: isNamed ? named : defaults, isNamed, skip: isTrue(what.skipVariable, env[what.skipVariable]) };
}

function list(name: string, value: string | undefined): string[] {
  const addresses = (value ?? '').split(/[,\s]+/).filter((address) => address !== '');
  const wrong = addresses.find((address) => address.includes('://') || address.startsWith('-'));
  if (wrong === undefined) return addresses;
  throw new ConfigurationError(`The environment variable ${name} names "${wrong.slice(0, 100)}", which is not an address in a registry`, {
    hint: 'write host/repository:tag, without a scheme; several are separated by commas',
  });
}

/** The words that Trivy takes. */
function isTrue(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || /^(0|f|false)$/i.test(value)) return false;
  if (/^(1|t|true)$/i.test(value)) return true;
  throw new ConfigurationError(`The environment variable ${name} is "${value.slice(0, 40)}": not a boolean (allowed: true, false)`);
}
