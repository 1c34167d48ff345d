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
  command: readonly string[] | undefined;
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

/** Returns what the repository's compose file says, the outermost one; undefined where there is none that builds anything. */
export function readCompose(checkout: Checkout): Compose | undefined {
  const paths = checkout.files
    .filter((path) => NAMES.some((name) => path === name || (path.endsWith(`/${name}`) && path.split('/').length <= 3)))
    .sort((a, b) => a.split('/').length - b.split('/').length || NAMES.indexOf(a) - NAMES.indexOf(b) || (a < b ? -1 : 1));
  for (const path of paths) {
    const services = fieldAt(yamlOf(checkout.read(path)), 'services');
    if (!isMap(services)) continue;
    const entries = Object.entries(services).flatMap(([name, service]) => (isMap(service) ? [[name, service] as const] : []));
    const waited = new Set(entries.flatMap(([, service]) => endings(service)));
    const built = entries.flatMap(([name, service]) => builtService(name, service, path, waited.has(name)) ?? []);
    if (built.length === 0) continue;
    const others = entries.filter(([, { build, image }]) => build === undefined && typeof image === 'string');
    return { path, services: built, others: Object.fromEntries(others.map(([name, { image }]) => [name, String(image)])) };
  }
  return undefined;
}

function builtService(name: string, service: Record<string, unknown>, path: string, task: boolean): ComposeService | undefined {
  const { build } = service;
  // A profile is for those who ask for it: tests, tools.
  if (build === undefined || build === null || (Array.isArray(service.profiles) && service.profiles.length > 0)) return undefined;
  const given = typeof build === 'string' ? build : fieldAt(build, 'context');
  const context = inside(folderOf(path), plain(given ?? '.'));
  if (context === undefined || /^[a-z]+:\/\//.test(plain(given))) return undefined;
  const file = fieldAt(build, 'dockerfile');
  const target = fieldAt(build, 'target');
  return {
    name,
    context,
    file: (typeof file === 'string' ? inside(context, plain(file)) : undefined) ?? below(context, 'Dockerfile'),
    target: typeof target === 'string' ? plain(target) : undefined,
    args: valuesOf(fieldAt(build, 'args')),
    ports: [...listOf(service.ports).flatMap(containerPort), ...listOf(service.expose).flatMap(containerPort)],
    published: listOf(service.ports).length > 0,
    healthcheck: commandOf(fieldAt(service.healthcheck, 'test'))?.join(' '),
    command: commandOf(service.command),
    env: valuesOf(service.environment),
    task,
  };
}

/** Names of services that have to end well before this one starts. */
const endings = (service: Record<string, unknown>): string[] =>
  Object.entries(isMap(service.depends_on) ? service.depends_on : {})
    .filter(([, how]) => fieldAt(how, 'condition') === 'service_completed_successfully')
    .map(([name]) => name);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** `${NAME:-fallback}` is the fallback, `${NAME}` nothing. */
export const plain = (value: unknown): string =>
  String(value ?? '').replace(/\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$(\w+)/g, (_, __, otherwise?: string) => otherwise ?? '');

function containerPort(entry: unknown): number[] {
  if (isMap(entry)) return entry.protocol === 'udp' ? [] : portOf(String(entry.target ?? ''));
  const text = plain(entry);
  return text.endsWith('/udp') ? [] : portOf(text.split(':').at(-1)?.split('/')[0] ?? '');
}

const portOf = (text: string): number[] => {
  const port = Number(/^(\d{1,5})(-\d+)?$/.exec(text)?.[1]);
  return port > 0 && port < 65_536 ? [port] : [];
};

function valuesOf(value: unknown): Record<string, string> {
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, one === null ? '' : String(one)]));
  return Object.fromEntries(
    listOf(value).map((line) => {
      const [name = '', ...rest] = String(line).split('=');
      return [name, rest.join('=')];
    }),
  );
}

function commandOf(value: unknown): string[] | undefined {
  if (typeof value === 'string' && value.trim() !== '')
    return /["'$&|;<>\\]/.test(value) ? ['sh', '-c', value.trim()] : value.trim().split(/\s+/);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const words = value.map(String);
  if (words[0] === 'CMD-SHELL') return ['sh', '-c', words.slice(1).join(' ')];
  return words[0] === 'CMD' ? words.slice(1) : words;
}
