import { nameOf } from '../../interfaces/image-reference.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import type { Checkout } from '../model.ts';
import { below, folderOf, inside } from './names.ts';
import { yamlOf } from './yaml.ts';

/** A service of a compose file that is built here. */
export interface ComposeService {
  name: string;
  context: string;
  /** Relative to the repository. */
  file: string;
  target: string | undefined;
  args: Readonly<Record<string, string>>;
  /** Ports inside the container. */
  ports: readonly number[];
  /** Whether a port of it is published. */
  published: boolean;
  healthcheck: string | undefined;
  /** ENTRYPOINT and CMD that it has instead of the image's own. */
  entrypoint: readonly string[] | undefined;
  command: readonly string[] | undefined;
  /** Its sources are mounted over the image's: what it runs is for a developer's machine. */
  forDevelopers: boolean;
  env: Readonly<Record<string, string>>;
  /** Others wait until it has ended: it is a task, not a workload. */
  task: boolean;
}

export interface Compose {
  path: string;
  services: readonly ComposeService[];
  /** Services that are not built here: databases and the like, with their images. */
  others: Readonly<Record<string, string>>;
}

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** At the top, or in a folder that is there for it: others are of tests and examples. */
const PLACE = /^((docker|\.docker|compose|deploy|deployments?|infra|ops)\/)?[^/]+$/;
const DEVELOPERS = /^(dev|develop|development|debug|local|test)$/i;

type Variables = Readonly<Record<string, string>>;

/** Returns what the repository's compose file says, the outermost one; undefined where there is none that runs what is built here. */
export function readCompose(checkout: Checkout, repository: string): Compose | undefined {
  const paths = checkout.files
    .filter((path) => PLACE.test(path) && NAMES.some((name) => path === name || path.endsWith(`/${name}`)))
    .sort((a, b) => a.split('/').length - b.split('/').length || NAMES.indexOf(a) - NAMES.indexOf(b) || (a < b ? -1 : 1));
  for (const path of paths) {
    const services = fieldAt(yamlOf(checkout.read(path)), 'services');
    if (!isMap(services)) continue;
    const variables = dotenv(checkout.read(below(folderOf(path), '.env')));
    const own = (service: Record<string, unknown>) => withBuild(service, checkout, repository, variables);
    const entries = Object.entries(services).flatMap(([name, service]) => (isMap(service) ? [[name, own(service)] as const] : []));
    const waited = new Set(entries.flatMap(([, service]) => endings(service)));
    const built = entries.flatMap(([name, service]) => builtService({ name, service, path, variables, task: waited.has(name) }) ?? []);
    if (built.length === 0) continue;
    const others = entries.filter(([, { build, image }]) => build === undefined && typeof image === 'string');
    return { path, services: built, others: Object.fromEntries(others.map(([name, { image }]) => [name, plain(image, variables)])) };
  }
  return undefined;
}

/** A published image of this very repository is the one that its Dockerfile makes. */
function withBuild(
  service: Record<string, unknown>,
  { files }: Checkout,
  repository: string,
  variables: Variables,
): Record<string, unknown> {
  const { build, image } = service;
  if (build !== undefined || typeof image !== 'string' || !files.includes('Dockerfile')) return service;
  return nameOf(plain(image, variables)).split('/').at(-1) === repository ? { ...service, build: '/' } : service;
}

interface Entry {
  name: string;
  service: Record<string, unknown>;
  path: string;
  variables: Variables;
  task: boolean;
}

function builtService({ name, service, path, variables, task }: Entry): ComposeService | undefined {
  const { build } = service;
  // A profile is for those who ask for it: tests, tools.
  if (build === undefined || build === null || (Array.isArray(service.profiles) && service.profiles.length > 0)) return undefined;
  const text = (value: unknown) => plain(value, variables);
  const given = text((typeof build === 'string' ? build : fieldAt(build, 'context')) ?? '.');
  const context = given === '/' ? '.' : inside(folderOf(path), given);
  if (context === undefined || /^[a-z]+:\/\//.test(given)) return undefined;
  const file = fieldAt(build, 'dockerfile');
  const target = fieldAt(build, 'target');
  return {
    name,
    context,
    file: (typeof file === 'string' ? inside(context, text(file)) : undefined) ?? below(context, 'Dockerfile'),
    target: typeof target === 'string' && !DEVELOPERS.test(text(target)) ? text(target) : undefined,
    args: valuesOf(fieldAt(build, 'args'), variables),
    ports: [...listOf(service.ports), ...listOf(service.expose)].flatMap((port) => containerPort(isMap(port) ? port : text(port))),
    published: listOf(service.ports).length > 0,
    healthcheck: commandOf(fieldAt(service.healthcheck, 'test'))?.join(' '),
    entrypoint: commandOf(service.entrypoint),
    command: commandOf(service.command),
    forDevelopers: listOf(service.volumes).some((volume) => /^\.{1,2}(\/|:)/.test(String(fieldAt(volume, 'source') ?? volume))),
    env: valuesOf(service.environment, variables),
    task,
  };
}

/** Names of services that have to end well before this one starts. */
const endings = (service: Record<string, unknown>): string[] =>
  Object.entries(isMap(service.depends_on) ? service.depends_on : {})
    .filter(([, how]) => fieldAt(how, 'condition') === 'service_completed_successfully')
    .map(([name]) => name);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** `${NAME:-fallback}` is what the file `.env` says, else the fallback, else nothing. */
const plain = (value: unknown, variables: Variables): string =>
  String(value ?? '').replace(
    /\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)/g,
    (_, braced?: string, otherwise?: string, bare?: string) => variables[braced ?? bare ?? ''] ?? otherwise ?? '',
  );

function dotenv(text: string | undefined): Record<string, string> {
  const found = (text ?? '').matchAll(/^[ \t]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*))/gm);
  return Object.fromEntries([...found].map(([, name = '', double, single, bare]) => [name, double ?? single ?? (bare ?? '').trim()]));
}

function containerPort(entry: unknown): number[] {
  if (isMap(entry)) return entry.protocol === 'udp' ? [] : portOf(String(entry.target ?? ''));
  const text = String(entry);
  return text.endsWith('/udp') ? [] : portOf(text.split(':').at(-1)?.split('/')[0] ?? '');
}

const portOf = (text: string): number[] => {
  const port = Number(/^(\d{1,5})(-\d+)?$/.exec(text)?.[1]);
  return port > 0 && port < 65_536 ? [port] : [];
};

/** A name alone is handed on from where compose runs. */
function valuesOf(value: unknown, variables: Variables): Record<string, string> {
  const entries = isMap(value)
    ? Object.entries(value)
    : listOf(value).map((line): [string, unknown] => {
        const [name = '', ...rest] = String(line).split('=');
        return [name, rest.length === 0 ? null : rest.join('=')];
      });
  return Object.fromEntries(entries.map(([name, one]) => [name, one === null ? (variables[name] ?? '') : plain(one, variables)]));
}

function commandOf(value: unknown): string[] | undefined {
  if (typeof value === 'string' && value.trim() !== '')
    return /["'$&|;<>\\]/.test(value) ? ['sh', '-c', value.trim()] : value.trim().split(/\s+/);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const words = value.map(String);
  if (words[0] === 'CMD-SHELL') return ['sh', '-c', words.slice(1).join(' ')];
  return words[0] === 'CMD' ? words.slice(1) : words;
}
