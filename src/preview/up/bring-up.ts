import { type DeployOutcome, deploy, StepFailure } from '../../deploy/index.ts';
import type { PreviewRules } from '../../split/model.ts';
import { takeDown } from '../gone/index.ts';
import {
  ensureMarked,
  type Finding,
  findingNote,
  findingText,
  note,
  type Probe,
  podSecurityLabels,
  requireOwnSecrets,
} from '../isolate/index.ts';
import {
  type Home,
  marksWith,
  momentText,
  NEVER,
  type Preview,
  previewIn,
  previewSelector,
  renewed,
  sharedBy,
  titleOf,
} from '../model/index.ts';
import { readVisits, visitsUntilNow } from '../visits/index.ts';
import { awaitAnswer } from './answers.ts';
import type { Asked, UpOptions, UpOutcome, UpResult, UpTools } from './options.ts';
import { seeded } from './seeded.ts';
import { surrounded } from './surrounded.ts';
import { thenAsleep } from './then-asleep.ts';
import { aheadOf } from './turn.ts';

/** How long a preview that is deployed has until its public name answers. */
const ANSWER_MS = 60_000;

const NEIGHBOURS =
  'Previews share this namespace, so that the chart has to name everything after its release: {{ .Release.Name }}. Or give each preview a namespace of its own.';
const INDEXED = 'Its answers do not say "X-Robots-Tag: noindex": this front door is not known to add a header';

/**
 * Brings a preview up, or up to date: a namespace of its own, what stands around its pods, then a deploy like any other. The pull request is
 * looked at before and after: one that was closed meanwhile is taken down by this very run, and an older commit is not deployed over a newer
 * one. `before`: the pull request as it asked for its preview. Errors: those of what it calls; a deploy that failed is in the outcome.
 */
export async function bringUp(options: UpOptions, before: Asked, tools: UpTools): Promise<UpOutcome> {
  const { clock } = tools;
  const start = clock.elapsed();
  const notes: string[] = [];
  const ended = () => ({ ms: clock.elapsed() - start, notes });
  const { version, timeoutMs } = options.deploy;

  const outdated = whyOutdated(before.pullRequest.head, version);
  if (outdated) return { state: 'superseded', why: outdated, ...ended() };

  await requireOwnSecrets(tools.kubernetes, options, options.deploy.secrets);
  const preview = await ensureMarked(
    {
      home: options,
      key: options.key,
      labels: sharedBy(options) === undefined ? podSecurityLabels(options.podSecurity) : {},
      notes: (seen) => notesOf(options, seen, clock.now()),
      limitMs: timeoutMs,
    },
    tools,
  );
  const ahead = await othersBefore(preview, tools);
  if (preview.head === undefined && ahead >= options.max) {
    await takeDown({ preview, why: `${ahead} previews are there already`, limitMs: timeoutMs }, tools);
    return { state: 'waiting', ahead, ...ended() };
  }
  const { rules, probe } = await surrounded(options, preview, tools, notes);
  try {
    const refused = options.isolationProbe === 'require' ? await refusal(options, preview, probe, tools) : undefined;
    if (refused) return { state: 'refused', error: refused, preview, ...ended() };
    return { ...(await deployed(options, preview, { rules, probe, notes }, tools)), ...ended() };
  } finally {
    await probe?.stop();
  }
}

/** Why nothing is deployed where its isolation has to be proved. One that is new goes again: nobody is to wait for it. */
async function refusal(options: UpOptions, preview: Preview, probe: Probe | undefined, tools: UpTools): Promise<StepFailure | undefined> {
  const finding = await probe?.finding();
  tools.signal.throwIfAborted();
  if (finding === undefined) return undefined;
  await note(tools.kubernetes, preview, () => noteOf(probe, finding));
  if (finding.state === 'proved') return undefined;
  if (preview.head === undefined) {
    await takeDown({ preview, why: 'its isolation is not proved', limitMs: options.deploy.timeoutMs }, tools);
  }
  return new StepFailure('isolation-unproved', `Nothing is deployed. The network of ${titleOf(preview)} is ${findingText(finding)}`, {
    hint: 'Its network plugin has to enforce NetworkPolicies; or set "isolation-probe" to warn.',
  });
}

const noteOf = (probe: Probe | undefined, finding: Finding | undefined): { isolation?: string } =>
  probe && finding ? { isolation: findingNote(finding, probe.hash) } : {};

interface Ready {
  rules: PreviewRules;
  probe: Probe | undefined;
  notes: string[];
}
type Deployed = Extract<UpResult, { state: 'up' | 'failed' | 'gone' }>;

async function deployed(options: UpOptions, preview: Preview, { rules, probe, notes }: Ready, tools: UpTools): Promise<Deployed> {
  const { version, timeoutMs } = options.deploy;
  const outcome = await deploy({ ...options.deploy, preview: rules, adopt: false, keepOld: 'remove' }, tools, tools.signal);

  const after = await tools.ask();
  if (after.want === 'down') {
    tools.log.info(`While it was deployed, ${after.why}: it is taken down again`);
    const receipt = await takeDown({ preview, why: after.why, limitMs: timeoutMs }, tools);
    return { state: 'gone', receipt, preview, deploy: outcome };
  }
  const newer = whyOutdated(after.pullRequest.head, version);
  if (newer) notes.push(newer);
  if (outcome.error) return { state: 'failed', preview, deploy: withNeighbours(outcome, options), network: await probe?.stop() };
  const failure = await seeded(options, preview, rules, tools);
  if (failure) return { state: 'failed', preview, deploy: await withFailure(outcome, failure), network: await probe?.stop() };

  const url = outcome.url;
  const answered =
    url === undefined
      ? undefined
      : await awaitAnswer({ ...options.deploy, version, url, versionHeader: options.deploy.versionHeader, limitMs: ANSWER_MS }, tools);
  if (answered?.by === 'nobody') notes.push(`${url} does not answer yet: ${answered.why}`);
  if (options.noindex && answered && answered.by !== 'nobody' && !answered.noindex) notes.push(INDEXED);
  const told = answered && answered.by !== 'nobody' ? url : undefined;
  // Nobody waits for it: what it has not found out by now, the next run does.
  const network = await probe?.stop();
  const uses = await visitsUntilNow(preview, await readVisits(tools), tools.kubernetes);
  const notesNow = { head: version, state: 'awake', url: told ?? '', ...noteOf(probe, network), ...uses };
  const now = await note(tools.kubernetes, preview, () => notesNow);
  const isToSleep = after.want === 'asleep';
  const whyAwake = isToSleep ? await thenAsleep(options, preview, tools) : undefined;
  if (whyAwake !== undefined) notes.push(`It stays awake: ${whyAwake}`);
  return { state: 'up', asleep: isToSleep && whyAwake === undefined, preview: now ?? preview, deploy: outcome, answered, network };
}

/** The newest commit wins: its own run comes, or has been. */
export const whyOutdated = (head: string, version: string): string | undefined =>
  head === version ? undefined : `the pull request is at ${head} by now: that commit's own run deploys it`;

function notesOf(options: UpOptions, seen: Preview | undefined, now: number) {
  const lease = renewed({ expiresAt: seen?.expiresAt, warnedAt: seen?.warnedAt, expiresAfterMs: options.expiresAfterMs }, now);
  return {
    repository: options.repository,
    release: options.release,
    expiresAt: lease.expiresAt === undefined ? '' : momentText(lease.expiresAt),
    warnedAt: lease.warnedAt === undefined ? '' : momentText(lease.warnedAt),
    expiresAfter: seconds(options.expiresAfterMs),
    sleepAfter: options.sleepAfterMs === undefined ? NEVER : seconds(options.sleepAfterMs),
  };
}

const seconds = (ms: number): string => String(Math.max(1, Math.round(ms / 1000)));

/** How many previews of the repository come before this one. */
async function othersBefore(preview: Preview, { kubernetes }: UpTools): Promise<number> {
  const [kind, list] = marksWith(previewSelector(preview.key.repositoryId), sharedBy(preview));
  const { items } = await kubernetes.list(kind, { ...list, metadataOnly: true });
  const all = items.flatMap((item) => previewIn(item) ?? []);
  return aheadOf(preview, all);
}

/** Whose name it is the failure says; that a neighbour has the very chart, only we know. */
function withNeighbours(outcome: DeployOutcome, home: Home): DeployOutcome {
  const { failure } = outcome.report;
  if (sharedBy(home) !== undefined && failure?.reason === 'owned-by-others') failure.hint = NEIGHBOURS;
  return outcome;
}

async function withFailure(outcome: DeployOutcome, error: StepFailure): Promise<DeployOutcome> {
  const { message, reason, hint } = error;
  outcome.report.failure = { reason, message, hint, evidence: await error.evidence(), step: undefined };
  return { ...outcome, error, failureReason: reason };
}
