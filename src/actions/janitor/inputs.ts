import { ConfigurationError } from '../../interfaces/errors.ts';
import { isRegistryHost, isRepositoryPath, locatePrefix } from '../../interfaces/image-reference.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type ClusterInputs, NAME, readClusterInputs } from '../shared/cluster-access.ts';
import { readShared } from '../shared/isolation.ts';
import { readWakerImage } from '../shared/waker-image.ts';

export interface JanitorInputs {
  cluster: ClusterInputs;
  /** The namespace that previews share; undefined: each has its own. */
  shared: string | undefined;
  previews: boolean;
  colors: boolean;
  drills: boolean;
  tags: boolean;
  /** `host[:port]/path`; none: tags are left alone. */
  prefixes: string[];
  login: RegistryLogin | undefined;
  githubToken: string;
  keepTags: string[];
  tagsUnusedForMs: number;
  colorsIdleForMs: number;
  collectGarbage: boolean;
  /** undefined: previews that do not say it themselves never sleep. */
  sleepAfterMs: number | undefined;
  wakerImage: string;
  imagePullSecrets: string[];
  cap: number;
  dryRun: boolean;
  timeoutMs: number;
}

/** setTimeout's longest. */
const LONGEST_MS = 24 * 86_400_000;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readJanitorInputs(context: ActionContext): JanitorInputs {
  const { inputs } = context;
  const shared = readShared(context);
  // Those who share a namespace see no other.
  const seesAll = shared === undefined;
  return {
    cluster: readClusterInputs(context, 'default'),
    shared,
    previews: inputs.boolean('previews', true),
    colors: inputs.boolean('colors', true) && seesAll,
    drills: inputs.boolean('drills', true) && seesAll,
    tags: inputs.boolean('registry-tags', true) && seesAll,
    prefixes: inputs.list('registry').map(prefixOf),
    login: readLogin(context),
    githubToken: inputs.secret('github-token'),
    keepTags: inputs.list('keep-tags', { pattern: /^[\w.*-]{1,128}$/, describe: 'tags, * for anything, such as release-*' }),
    tagsUnusedForMs: inputs.duration('tags-unused-for', '7d', { min: 3_600_000, max: LONGEST_MS }),
    colorsIdleForMs: inputs.duration('colors-idle-for', '14d', { min: 3_600_000, max: LONGEST_MS }),
    collectGarbage: inputs.boolean('collect-garbage', true),
    sleepAfterMs: inputs.duration('sleep-after', 0, { max: LONGEST_MS }) || undefined,
    wakerImage: readWakerImage(inputs),
    imagePullSecrets: inputs.list('image-pull-secrets', { pattern: NAME, describe: 'names of Secrets' }),
    cap: inputs.integer('cap', { default: 20, min: 1, max: 1_000 }),
    dryRun: inputs.boolean('dry-run', false),
    timeoutMs: inputs.duration('timeout', '5m', { min: 10_000, max: 3_600_000 }),
  };
}

function prefixOf(text: string): string {
  const given = text.replace(/\/+$/, '');
  const { host, path } = locatePrefix(given);
  if (!isRegistryHost(host) || !isRepositoryPath(path)) {
    throw new ConfigurationError(`Input "registry" is "${text}": not a registry with its prefix`, {
      hint: 'write host/prefix such as registry.digitalocean.com/acme, one per line: only images below it go, and this cluster alone may run them',
    });
  }
  return `${host}/${path}`;
}

function readLogin({ inputs }: ActionContext): RegistryLogin | undefined {
  const username = inputs.string('username', { pattern: /^/ });
  const password = inputs.secret('password');
  if (username === '' && password === '') return undefined;
  if (username !== '' && password !== '') return { username, password };
  const [given, missing] = username === '' ? ['password', 'username'] : ['username', 'password'];
  throw new ConfigurationError(`Input "${given}" is set and "${missing}" is not`, { hint: 'set both, or neither' });
}
