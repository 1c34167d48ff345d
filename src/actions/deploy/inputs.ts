import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SecretValue } from '../../deploy/run/options.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { nameOf } from '../../interfaces/image-reference.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseSmoke } from '../../smoke/index.ts';
import type { SmokeCheck } from '../../smoke/model.ts';
import type { BuiltImage } from '../../split/model.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import type { Docr } from '../shared/digitalocean.ts';
import { parseImage } from './images.ts';
import { readPullSecrets } from './pull-secrets.ts';
import { parseSecret } from './secrets.ts';

export interface DeployInputs {
  cluster: ClusterInputs;
  chart: string;
  release: string;
  images: BuiltImage[];
  valueFiles: string[];
  values: string | undefined;
  secrets: SecretValue[];
  imagePullSecrets: string[];
  /** DigitalOcean's registries whose pull Secrets are kept: those among `imagePullSecrets`. */
  docr: Docr[];
  smoke: SmokeCheck[];
  url: string | undefined;
  versionHeader: string | undefined;
  timeoutMs: number;
  bakeMs: number;
  drainMs: number;
  keepOld: 'zero' | 'warm' | 'remove';
  shared: string[];
  stack: 'own' | 'active';
  allowOlder: boolean;
  dryRun: boolean;
  /** '' for the checkout's HEAD. */
  version: string;
  githubToken: string;
  /** Sets a status on the deployed commit; the token then needs `statuses: write`. */
  commitStatus: boolean;
}

/** Helm's limit is 53; `-green` and Kubernetes' labels need room. */
export const RELEASE = /^[a-z0-9]([-a-z0-9]{0,45}[a-z0-9])?$/;
const OBJECT = /^([A-Z][A-Za-z]*\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
export const DAY = 86_400_000;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readDeployInputs(context: ActionContext): DeployInputs {
  const { inputs, env, mask } = context;
  // Secrets first: nothing that follows may show one.
  const secrets = inputs.lines('secrets').map((line) => parseSecret(line, mask));
  const chart = readChart(inputs.required('chart', { describe: 'a chart folder, or oci://… ' }), env.workspace);
  const release = inputs.string('release', {
    default: chart.name,
    required: true,
    pattern: RELEASE,
    describe: 'a Helm release name such as todo: at most 47 lower-case letters, digits and "-"',
  });
  const registry = inputs.string('registry', {
    pattern: /^[a-z0-9][\w.:/-]*$/,
    describe: 'host/prefix such as registry.digitalocean.com/acme',
  });
  const smoke = parseSmoke(inputs.yaml('smoke'));
  const images = inputs.lines('images').map((line) => parseImage(line, registry));
  const timeoutMs = inputs.duration('timeout', '10m', { min: 1_000, max: DAY });
  const bakeMs = inputs.duration('bake', '30s', { max: DAY });
  const drainMs = inputs.duration('drain', '30s', { max: DAY });
  return {
    cluster: readClusterInputs(context, release, longestMs({ timeoutMs, bakeMs, drainMs })),
    chart: chart.reference,
    release,
    images,
    valueFiles: inputs.list('value-files').map((file) => existing(file, env.workspace)),
    values: readValues(inputs.string('values', { pattern: /^[\s\S]/ })),
    secrets,
    ...readPullSecrets(context, [registry, ...images.map(({ repository }) => repository)]),
    smoke,
    url: readUrl(inputs.string('url')),
    versionHeader: inputs.optional('version-header', { pattern: HEADER, describe: 'a header name such as X-App-Version' }),
    timeoutMs,
    bakeMs,
    drainMs,
    keepOld: readKeepOld(inputs),
    shared: inputs.list('shared', { pattern: OBJECT, describe: 'Kind/name or name, e.g. Deployment/redis' }),
    stack: inputs.string('stack', { default: 'own', allowed: ['own', 'active'] }) as 'own' | 'active',
    allowOlder: inputs.boolean('allow-older', false),
    dryRun: inputs.boolean('dry-run', false),
    version: inputs.string('version', { pattern: /^[\w.+-]{1,128}$/, describe: 'a commit or version such as 1.2.3' }),
    githubToken: inputs.secret('github-token'),
    commitStatus: inputs.boolean('commit-status', false),
  };
}

/** The longest that a run may take, ms: lease, hooks and readiness, and the same again on the way back. */
export const longestMs = ({ timeoutMs, bakeMs, drainMs }: { timeoutMs: number; bakeMs: number; drainMs: number }): number =>
  6 * timeoutMs + bakeMs + drainMs;

export const readKeepOld = (inputs: ActionContext['inputs']): 'zero' | 'warm' | 'remove' =>
  inputs.string('keep-old', { default: 'zero', allowed: ['zero', 'warm', 'remove'] }) as 'zero' | 'warm' | 'remove';

function existing(path: string, workspace: string): string {
  const file = join(path.startsWith('/') ? '' : workspace, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new ConfigurationError(`Input "value-files" names ${path}, which is not a file`, {
      hint: 'Paths are relative to the workspace; is there an actions/checkout step before this one?',
    });
  }
  return file;
}

/** A folder with a Chart.yaml, or an OCI reference; its name is the default release. */
function readChart(value: string, workspace: string): { reference: string; name: string } {
  if (value.startsWith('oci://')) {
    if (!/^oci:\/\/[^\s/]+\/[^\s]+$/.test(value)) {
      throw new ConfigurationError(`Input "chart" is "${value}": not an OCI reference (allowed: oci://registry/path/chart)`);
    }
    return {
      reference: value,
      name: nameOf(value.slice('oci://'.length)).split('/').at(-1) ?? '',
    };
  }
  const folder = value.startsWith('/') ? value : join(workspace, value);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigurationError(`Input "chart" names ${value}, which is not a folder`, {
      hint: 'Paths are relative to the workspace; is there an actions/checkout step before this one?',
    });
  }
  const file = join(folder, 'Chart.yaml');
  if (!existsSync(file)) throw new ConfigurationError(`Input "chart" names ${value}, which has no Chart.yaml`);
  let name: unknown;
  try {
    name = (parse(readFileSync(file, 'utf8')) as { name?: unknown } | null)?.name;
  } catch (cause) {
    throw new ConfigurationError(`${value}/Chart.yaml is not YAML`, { cause });
  }
  if (typeof name !== 'string' || name === '') throw new ConfigurationError(`${value}/Chart.yaml has no name`);
  return { reference: folder, name };
}

function readValues(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    const values: unknown = parse(text);
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) return text;
  } catch (cause) {
    throw new ConfigurationError('Input "values" is not YAML', { cause, hint: cause instanceof Error ? cause.message : undefined });
  }
  throw new ConfigurationError('Input "values" is not a YAML map (allowed: lines such as `replicas: 2`)');
}

export function readUrl(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(`Input "url" is "${text}": not a URL (allowed: https://todo.example.com)`);
  }
  if (url.username || url.password) throw new ConfigurationError('Input "url" holds a user name or password', { hint: 'Leave them out.' });
  return text.replace(/\/+$/, '');
}
