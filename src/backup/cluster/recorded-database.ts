import type { RecordedApp } from '../../deploy/reinstate/index.ts';
import type { SecretValue } from '../../deploy/run/options.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { unpack } from '../../split/part/pack.ts';
import { type DatabaseSource, databaseOf, type EnvSource } from './find-database.ts';

type Recorded = Pick<RecordedApp, 'base' | 'color' | 'serving'>;

/** Pure: all objects of a recorded version. */
export const recordedObjects = ({ base, color }: Pick<Recorded, 'base' | 'color'>): KubernetesObject[] =>
  [base, color].flatMap((part) => unpack(part).map(({ object }) => object));

/** Pure: the database that a recorded version's workloads are told of. Configuration is named as the base has it: a color's copy comes later. */
export function recordedDatabase(release: string, recorded: Recorded): DatabaseSource {
  const shared = new Set(unpack(recorded.base).map(({ object }) => `${object.kind}/${object.metadata.name}`));
  const suffix = `-${recorded.serving.color}`;
  const plain = (kind: string, name: unknown): unknown => {
    const short = typeof name === 'string' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    return shared.has(`${kind}/${short}`) ? short : name;
  };
  const found = databaseOf(release, recordedObjects(recorded).toReversed());
  return Object.fromEntries(
    Object.entries(found).map(([part, source]: [string, EnvSource]) => {
      if (!('valueFrom' in source)) return [part, source];
      const valueFrom = Object.entries(source.valueFrom).map(([field, reference]) => {
        const kind = { secretKeyRef: 'Secret', configMapKeyRef: 'ConfigMap' }[field];
        return [field, kind && isMap(reference) ? { ...reference, name: plain(kind, reference.name) } : reference];
      });
      return [part, { valueFrom: Object.fromEntries(valueFrom) }];
    }),
  );
}

/** Where an app's database is, by name and password. */
export interface DatabaseLogin {
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
}

const PORT = 5432;

/** Pure: what the references lead to: to objects of the record, and to Secrets that are given. Throws ConfigurationError that names what is missing. */
export function loginOf(source: DatabaseSource, objects: readonly KubernetesObject[], secrets: readonly SecretValue[]): DatabaseLogin {
  const read = (part: keyof DatabaseSource): string | undefined => {
    const from = source[part];
    if (from === undefined) return undefined;
    const found = 'value' in from ? from.value : referred(from.valueFrom, objects, secrets);
    if (found !== undefined) return found;
    throw missing(part, from);
  };
  const url = read('url');
  if (url !== undefined) return ofUrl(url);
  return {
    host: read('host') ?? '',
    port: Number(read('port') ?? PORT),
    name: read('name') ?? '',
    user: read('user') ?? '',
    password: read('password') ?? '',
  };
}

const missing = (part: string, from: EnvSource): ConfigurationError => {
  const reference = 'valueFrom' in from ? (from.valueFrom.secretKeyRef ?? from.valueFrom.configMapKeyRef) : undefined;
  const place = `${fieldAt(reference, 'name')}/${fieldAt(reference, 'key')}`;
  return new ConfigurationError(`Where the app finds its database (${part}) stands in ${place}, which is no part of its record`, {
    hint: `The input "secrets" brings it: ${place}=value. Or drill the database alone: start-app: false.`,
  });
};

function referred(
  valueFrom: Record<string, unknown>,
  objects: readonly KubernetesObject[],
  secrets: readonly SecretValue[],
): string | undefined {
  const { secretKeyRef, configMapKeyRef } = valueFrom;
  const [kind, reference] = isMap(secretKeyRef) ? ['Secret', secretKeyRef] : ['ConfigMap', configMapKeyRef];
  const [name, key] = [String(fieldAt(reference, 'name')), String(fieldAt(reference, 'key'))];
  const given = kind === 'Secret' ? secrets.find((one) => one.name === name && one.key === key) : undefined;
  if (given) return given.value;
  const object = objects.find((one) => one.kind === kind && one.metadata.name === name);
  const plain = fieldAt(object, 'stringData', key) ?? (kind === 'ConfigMap' ? fieldAt(object, 'data', key) : undefined);
  if (typeof plain === 'string') return plain;
  const data = kind === 'Secret' ? fieldAt(object, 'data', key) : undefined;
  return typeof data === 'string' ? Buffer.from(data, 'base64').toString() : undefined;
}

/** Nothing of it is quoted. SQLAlchemy's drivers (`postgresql+asyncpg:`) are passed over. */
function ofUrl(text: string): DatabaseLogin {
  const plain = text.trim().replace(/^postgres(?:ql)?(?:\+\w+)?:/, 'http:');
  if (!URL.canParse(plain)) throw new ConfigurationError('What the app finds its database by is no address of a PostgreSQL database');
  const { hostname, port, username, password, pathname } = new URL(plain);
  const [user = '', secret = '', name = ''] = [username, password, pathname.slice(1)].map(decodeURIComponent);
  return { host: hostname, port: port === '' ? PORT : Number(port), name, user, password: secret };
}
