import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Place } from '../../preview/isolate/index.ts';
import type { PreviewPolicy } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readShared } from '../shared/isolation.ts';
import { RELEASE } from '../shared/release-inputs.ts';
import { readWakerImage } from '../shared/waker-image.ts';
import { readQuota } from './inputs/quota.ts';
import { cidr, type Surroundings } from './inputs/surroundings.ts';

const MODES = ['auto', 'up', 'down', 'plan', 'approval'] as const;
const DAY = 86_400_000;

export interface PreviewInputs extends Surroundings {
  mode: (typeof MODES)[number];
  domain: string;
  /** The namespace that previews share; undefined: each has its own. */
  shared: string | undefined;
  /** undefined: the event's. */
  number: number | undefined;
  /** undefined: that of the chart, or all. */
  release: string | undefined;
  /** The commit that a person has approved; undefined: the pull request's newest. */
  head: string | undefined;
  /** Artifact that a run which built a fork's code hands over. */
  artifact: string;
  /** Environment whose reviewers approve it. */
  approval: string;
  policy: PreviewPolicy;
  max: number;
  expiresAfterMs: number;
  /** undefined: off. */
  sleepAfterMs: number | undefined;
  wakerImage: string;
  isolationProbe: 'warn' | 'require' | 'off';
  wakerPullSecrets: string[];
  noindex: boolean;
  timeoutMs: number;
  /** '' for none. */
  environment: string;
  comment: boolean;
  commentAuthor: string | undefined;
  githubToken: string;
  cluster: ClusterInputs;
}

/** Inputs of a deploy, which are read where there is something to deploy. */
export const OF_DEPLOYS = [
  'chart',
  'images',
  'image-count',
  'registry',
  'value-files',
  'values',
  'secrets',
  'smoke',
  'version-header',
  'seed',
  'shared',
  'strategy',
  'stack',
];

/** The only reader of the action's own inputs. Throws ConfigurationError before anything is touched. */
export function readPreviewInputs(context: ActionContext): PreviewInputs {
  const { inputs } = context;
  const shared = readShared(context);
  const timeoutMs = inputs.duration('timeout', '10m', { min: 1_000, max: DAY });
  return {
    mode: inputs.choice('mode', MODES, 'auto'),
    domain: readDomain(inputs.required('domain', { describe: 'a domain such as preview.example.com', pattern: /^/ })),
    shared,
    number: inputs.isGiven('pull-request') ? inputs.integer('pull-request', { default: 0, min: 0 }) || undefined : undefined,
    release: inputs.optional('release', { pattern: RELEASE, describe: 'a Helm release name such as todo' }),
    head: inputs.optional('head', { pattern: /^[0-9a-f]{40}$/, describe: 'a commit, 40 hex digits' }),
    artifact: inputs.string('artifact', { default: 'todo-deploy-images', pattern: /^[\w.-]{1,100}$/, describe: 'the name of an artifact' }),
    approval: inputs.string('approval', { pattern: /^[\w ./-]{1,255}$/, describe: 'the name of an environment' }),
    policy: {
      label: inputs.optional('label'),
      drafts: inputs.choice('drafts', ['asleep', 'up', 'off'], 'asleep'),
      forks: inputs.choice('forks', ['off', 'approved'], 'off') === 'approved',
    },
    max: inputs.integer('max', { default: 10, min: 1, max: 1_000 }),
    tls: inside(shared, 'tls-secret', readTlsSecret(inputs.string('tls-secret', { pattern: SECRET, describe: 'namespace/name' }))),
    copies: inputs
      .list('copy-secrets', { pattern: SECRET, describe: 'namespace/name' })
      .flatMap((text) => inside(shared, 'copy-secrets', placeOf(text)) ?? []),
    quota: readQuota(inputs.list('quota')),
    podSecurity: inputs.choice('pod-security', ['restricted', 'baseline', 'privileged'], 'restricted'),
    frontDoors: readFrontDoors(inputs),
    egress: inputs.list('egress').map((text) => cidr(text)),
    expiresAfterMs: inputs.duration('expires-after', '7d', { min: 60_000 }),
    sleepAfterMs: readSleepAfter(inputs),
    wakerImage: readWakerImage(inputs),
    isolationProbe: inputs.choice('isolation-probe', ['warn', 'require', 'off'], 'warn'),
    wakerPullSecrets: inputs.list('image-pull-secrets', SECRETS).filter((name) => name !== 'none'),
    noindex: inputs.boolean('noindex', true),
    timeoutMs,
    environment: inputs.string('environment', {
      // Given and empty: none.
      default: inputs.isGiven('environment') ? '' : 'preview',
      pattern: /^[\w ./-]{1,255}$/,
      describe: 'the name of an environment',
    }),
    comment: inputs.boolean('comment', true),
    commentAuthor: inputs.optional('comment-author', { pattern: /^[\w-]+(\[bot\])?$/, describe: 'a login such as acme[bot]' }),
    githubToken: inputs.secret('github-token'),
    // Without one that is shared it follows from the pull request.
    cluster: { ...readClusterInputs(context, 'default', 6 * timeoutMs), namespace: shared ?? readNone(inputs) },
  };
}

/** A pass of the janitor is no more often than that. */
const SHORTEST_SLEEP = 60_000;

function readSleepAfter(inputs: ActionContext['inputs']): number | undefined {
  if (inputs.string('sleep-after', { pattern: /^/ }).toLowerCase() === 'off') return undefined;
  return inputs.duration('sleep-after', '1h', { min: SHORTEST_SLEEP, or: 'off' });
}

const SECRETS = { pattern: /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, describe: 'names of Secrets, or none' };
const SECRET = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

const readTlsSecret = (text: string): Surroundings['tls'] => (text === '' ? undefined : placeOf(text));

/** What is read elsewhere takes rights there, which those who share a namespace hardly have. */
function inside(shared: string | undefined, input: string, place: Place | undefined): Place | undefined {
  if (shared === undefined || place === undefined || place.namespace === shared) return place;
  throw new ConfigurationError(
    `Input "${input}" names ${place.namespace}/${place.name}: with "isolation: release" Secrets are those of namespace ${shared} (allowed: ${shared}/name)`,
  );
}

/** Of the connection: each preview's own follows from the pull request. */
function readNone(inputs: ActionContext['inputs']): string {
  const named = inputs.string('namespace', { pattern: /^/ });
  if (named === '') return 'default';
  throw new ConfigurationError(
    `Input "namespace" is "${named.slice(0, 100)}", and "isolation" is "namespace": each preview has one of its own`,
    {
      hint: 'Leave it out; or let all previews share it: "isolation: release".',
    },
  );
}

function placeOf(text: string): Place {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
}

function readFrontDoors(inputs: ActionContext['inputs']): string[] | undefined {
  const named = inputs.list('front-door-namespaces', { pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, describe: 'names of namespaces' });
  return named.length > 0 ? named : undefined;
}

/** `*.preview.example.com` means the same. Room is left for the label of a preview before it. */
function readDomain(text: string): string {
  const domain = text.toLowerCase().replace(/^\*?\./, '');
  const isDomain = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(domain) && domain.length <= 180;
  if (isDomain) return domain;
  throw new ConfigurationError(`Input "domain" is "${text.slice(0, 200)}": not a domain (allowed: preview.example.com)`);
}
