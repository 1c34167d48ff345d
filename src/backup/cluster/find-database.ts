import { ConfigurationError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';

/** An environment variable's value, as a pod has it: a text, or a reference that is never followed here. */
export type EnvSource = { value: string } | { valueFrom: Record<string, unknown> };

/** How the Job reaches the database. */
export interface DatabaseSource {
  /** A whole address; the parts overrule it. */
  url?: EnvSource;
  host?: EnvSource;
  port?: EnvSource;
  name?: EnvSource;
  user?: EnvSource;
  password?: EnvSource;
}

type Part = keyof DatabaseSource;

/** What charts call them, most telling first. */
const PREFIXES = ['DATABASE', 'POSTGRES', 'POSTGRESQL', 'PG', 'DB'];
const SUFFIXES: Readonly<Record<Exclude<Part, 'url'>, readonly string[]>> = {
  host: ['HOST', 'HOSTNAME', 'SERVER'],
  port: ['PORT'],
  name: ['NAME', 'DATABASE', 'DB', 'DBNAME'],
  user: ['USER', 'USERNAME'],
  password: ['PASSWORD', 'PASS'],
};
const URLS = ['DATABASE_URL', 'POSTGRES_URL', 'POSTGRESQL_URL', 'DB_URL'];

/** Pure: the database that an app's workloads are told of. Throws ConfigurationError where none of them is told all that it takes. */
export function databaseOf(release: string, workloads: readonly KubernetesObject[]): DatabaseSource {
  for (const workload of workloads) {
    for (const container of containersOf(workload)) {
      const found = databaseIn(container);
      if (found) return found;
    }
  }
  throw new ConfigurationError(`No workload of "${release}" has variables that lead to its database`, {
    hint: 'Name it: "database: SECRET/KEY" for a Secret that holds its address (postgresql://…), or with "database-host", "database-name" and "database-user" for one that holds the password.',
  });
}

function containersOf(workload: KubernetesObject): Record<string, unknown>[] {
  const containers = fieldAt(workload, 'spec', 'template', 'spec', 'containers');
  return Array.isArray(containers) ? containers.filter(isMap) : [];
}

function databaseIn(container: Record<string, unknown>): DatabaseSource | undefined {
  const env = new Map((Array.isArray(container.env) ? container.env : []).filter(isMap).map((entry) => [String(entry.name), entry]));
  const sourceOf = (name: string): EnvSource | undefined => {
    const entry = env.get(name);
    if (typeof entry?.value === 'string' && !entry.value.includes('$(')) return { value: entry.value };
    return isMap(entry?.valueFrom) ? { valueFrom: entry.valueFrom } : undefined;
  };
  const first = (names: readonly string[]): EnvSource | undefined => names.map(sourceOf).find((source) => source !== undefined);
  const url = first(URLS);
  if (url) return { url };
  for (const prefix of PREFIXES) {
    const part = (name: Exclude<Part, 'url'>) => first(SUFFIXES[name].flatMap((suffix) => [`${prefix}_${suffix}`, `${prefix}${suffix}`]));
    const [host, user, password, name, port] = [part('host'), part('user'), part('password'), part('name'), part('port')];
    if (host && user && password && name) return { host, user, password, name, ...(port && { port }) };
  }
  return undefined;
}
