import { toFailure } from '../../deploy/diagnosis/failure.ts';
import { type DeployOutcome, deploy, type StepFailure } from '../../deploy/index.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { quantity } from '../../split/kinds/quantity.ts';
import type { PreviewRules } from '../../split/model.ts';
import { takeDown } from '../gone/index.ts';
import {
  copySecrets,
  copyTlsSecret,
  ensureNamespace,
  ensurePriority,
  findFrontDoors,
  note,
  podSecurityLabels,
  surround,
} from '../isolate/index.ts';
import { momentText, NEVER, type Preview, previewIn, previewSelector, renewed } from '../model/index.ts';
import { awaitAnswer } from './answers.ts';
import type { Asked, UpOptions, UpOutcome, UpTools } from './options.ts';
import { runSeed, seedJob } from './seed.ts';
import { thenAsleep } from './then-asleep.ts';
import { aheadOf } from './turn.ts';

/** How long a preview that is deployed has until its public name answers. */
const ANSWER_MS = 60_000;
/** Of any workload: one preview is for a few people. */
const REPLICAS = 2;

/**
 * Brings a preview up, or up to date: a namespace of its own, what stands around its pods, then a deploy like any other. The pull request is
 * looked at before and after: one that was closed meanwhile is taken down by this very run, and an older commit is not deployed over a newer
 * one. `before`: the pull request as it asked for its preview. Errors: those of what it calls; a deploy that failed is in the outcome.
 */
export async function bringUp(options: UpOptions, before: Asked, tools: UpTools): Promise<UpOutcome> {
  const { clock, log } = tools;
  const start = clock.elapsed();
  const notes: string[] = [];
  const ended = () => ({ ms: clock.elapsed() - start, notes });
  const { version, timeoutMs } = options.deploy;

  const outdated = whyOutdated(before.pullRequest.head, version);
  if (outdated) return { state: 'superseded', why: outdated, ...ended() };

  const preview = await ensureNamespace(
    {
      ...options,
      labels: podSecurityLabels(options.podSecurity),
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
  const rules = await surrounded(options, tools, notes);
  const outcome = await deploy({ ...options.deploy, preview: rules, adopt: false, keepOld: 'remove' }, tools, tools.signal);

  const after = await tools.ask();
  if (after.want === 'down') {
    log.info(`While it was deployed, ${after.why}: it is taken down again`);
    const receipt = await takeDown({ preview, why: after.why, limitMs: timeoutMs }, tools);
    return { state: 'gone', receipt, preview, deploy: outcome, ...ended() };
  }
  const newer = whyOutdated(after.pullRequest.head, version);
  if (newer) notes.push(newer);
  if (outcome.error) return { state: 'failed', preview, deploy: outcome, ...ended() };
  const failure = await seeded(options, preview, rules, tools);
  if (failure) return { state: 'failed', preview, deploy: await withFailure(outcome, failure), ...ended() };

  const url = outcome.url;
  const answered =
    url === undefined
      ? undefined
      : await awaitAnswer({ ...options.deploy, version, url, versionHeader: options.deploy.versionHeader, limitMs: ANSWER_MS }, tools);
  if (answered?.by === 'nobody') notes.push(`${url} does not answer yet: ${answered.why}`);
  const told = answered && answered.by !== 'nobody' ? url : undefined;
  const now = await note(tools.kubernetes, preview, () => ({ head: version, state: 'awake', url: told ?? '' }));
  const isToSleep = after.want === 'asleep';
  const whyAwake = isToSleep ? await thenAsleep(options, preview, tools) : undefined;
  if (whyAwake !== undefined) notes.push(`It stays awake: ${whyAwake}`);
  return { state: 'up', asleep: isToSleep && whyAwake === undefined, preview: now ?? preview, deploy: outcome, answered, ...ended() };
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
  const { items } = await kubernetes.list(NAMESPACE, { labelSelector: previewSelector(preview.key.repositoryId), metadataOnly: true });
  const all = items.flatMap((item) => previewIn(item) ?? []);
  return aheadOf(preview, all);
}

/** Fills a preview with data once. Returns why it could not be. */
async function seeded(
  { seed, deploy: { imagePullSecrets, timeoutMs }, namespace }: UpOptions,
  preview: Preview,
  { priorityClass }: PreviewRules,
  tools: UpTools,
): Promise<StepFailure | undefined> {
  if (seed === undefined || preview.seeded) return undefined;
  try {
    await runSeed(seedJob(seed, namespace, { imagePullSecrets, priorityClass }), tools, timeoutMs);
  } catch (error) {
    tools.signal.throwIfAborted();
    return toFailure(error);
  }
  await note(tools.kubernetes, preview, () => ({ seeded: 'true' }));
  return undefined;
}

async function withFailure(outcome: DeployOutcome, error: StepFailure): Promise<DeployOutcome> {
  const { message, reason, hint } = error;
  outcome.report.failure = { reason, message, hint, evidence: await error.evidence(), step: undefined };
  return { ...outcome, error, failureReason: reason };
}

async function surrounded(options: UpOptions, tools: UpTools, notes: string[]): Promise<PreviewRules> {
  const { kubernetes } = tools;
  const frontDoors = options.frontDoors ? { namespaces: options.frontDoors, addresses: [] } : await findFrontDoors(kubernetes);
  if (frontDoors.namespaces.length === 0) notes.push('Which program leads users in is not known: pods take connections from any namespace');
  await surround(tools, { ...options, frontDoors });
  const priorityClass = await ensurePriority(kubernetes);
  if (priorityClass === undefined) notes.push('This account may not make a PriorityClass: pods of this preview do not yield to others');
  await copySecrets(kubernetes, options.copies, options.namespace);
  const tlsSecret = options.tls && (await copyTlsSecret(kubernetes, options.tls, options.namespace));
  return { host: options.host, tlsSecret, replicas: REPLICAS, storage: quantity(options.quota.storage), priorityClass };
}
