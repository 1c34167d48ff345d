import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { fitted } from '../../split/index.ts';
import { type ClusterInputs, readClusterInputs } from './cluster-access.ts';

/** Helm's limit. */
const LONGEST_RELEASE = 53;
export const RELEASE = /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/;

const DAY = 86_400_000;

/** The inputs that a deploy and a rollback share. */
export interface ReleaseInputs {
  cluster: ClusterInputs;
  release: string;
  url: string | undefined;
  timeoutMs: number;
  bakeMs: number;
  drainMs: number;
  keepOld: 'zero' | 'warm' | 'remove';
  dryRun: boolean;
}

/** `otherwise`: the release where the input is empty. Throws ConfigurationError. */
export function readReleaseInputs(context: ActionContext, otherwise?: string): ReleaseInputs {
  const { inputs } = context;
  const release = readRelease(inputs, otherwise);
  const timeoutMs = inputs.duration('timeout', '10m', { min: 1_000, max: DAY });
  const bakeMs = inputs.duration('bake', '30s', { max: DAY });
  const drainMs = inputs.duration('drain', '30s', { max: DAY });
  return {
    cluster: readClusterInputs(context, release, longestMs({ timeoutMs, bakeMs, drainMs })),
    release,
    url: readUrl(inputs.string('url')),
    timeoutMs,
    bakeMs,
    drainMs,
    keepOld: readKeepOld(inputs),
    dryRun: inputs.boolean('dry-run', false),
  };
}

export const readRelease = (inputs: ActionContext['inputs'], otherwise?: string): string =>
  inputs.string('release', {
    // A chart may have a longer name.
    default: otherwise === undefined ? undefined : fitted(otherwise, LONGEST_RELEASE),
    required: true,
    pattern: RELEASE,
    describe: 'a Helm release name such as todo: at most 53 lower-case letters, digits and "-"',
  });

/** The longest that a run may take, ms: lease, hooks and readiness, and the same again for an automatic rollback. */
const longestMs = ({ timeoutMs, bakeMs, drainMs }: { timeoutMs: number; bakeMs: number; drainMs: number }): number =>
  6 * timeoutMs + bakeMs + drainMs;

const readKeepOld = (inputs: ActionContext['inputs']): 'zero' | 'warm' | 'remove' =>
  inputs.choice('keep-old', ['zero', 'warm', 'remove'], 'zero');

function readUrl(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(`Input "url" is "${text}": not a URL (allowed: https://todo.example.com)`);
  }
  if (url.username || url.password) throw new ConfigurationError('Input "url" holds a user name or password', { hint: 'Leave them out.' });
  return text.replace(/\/+$/, '');
}
