import { DeployError, ToolError } from '../interfaces/errors.ts';
import type { Log } from '../interfaces/log.ts';
import type { Registry } from '../interfaces/registry.ts';
import { kindOf } from './fixed-tags.ts';
import type { PushPlan } from './plan.ts';
import { pool } from './pool.ts';

const PARALLEL = 4;
/** A run that was cancelled has seconds. */
const TAKE_BACK_MS = 20_000;

interface TagTools {
  registry: Registry;
  log: Log;
  signal?: AbortSignal | undefined;
}

interface SetTag {
  plan: PushPlan;
  tag: string;
}

/**
 * Sets the tags of all images or of none. Those that move come first, since they can be put back, and a registry whose tags cannot move refuses
 * them before a commit's tag is set.
 */
export async function setTags(plans: readonly PushPlan[], tools: TagTools): Promise<void> {
  const set: SetTag[] = [];
  const wanted = plans.flatMap((plan) => plan.newTags.map((tag) => ({ plan, tag })));
  const stages = [
    wanted.filter(({ plan, tag }) => kindOf(tag) === 'moving' && plan.held.has(tag)),
    wanted.filter(({ plan, tag }) => kindOf(tag) === 'moving' && !plan.held.has(tag)),
    wanted.filter(({ plan, tag }) => kindOf(tag) !== 'moving' && plan.push),
    wanted.filter(({ plan, tag }) => kindOf(tag) !== 'moving' && !plan.push),
  ];
  try {
    for (const stage of stages) {
      await pool(stage, PARALLEL, tools.signal, async (one) => {
        set.push(one);
        await setTag(one, tools);
      });
    }
  } catch (error) {
    throw withStanding(error, await takeBack(set, tools.registry));
  }
}

/** One that has begun is not stopped by the failure of another: its outcome would not be known. */
async function setTag({ plan, tag }: SetTag, { registry, log, signal }: TagTools): Promise<void> {
  // The plan is as old as the push: another run of the same commit may have been faster.
  const before = kindOf(tag) === 'moving' ? undefined : await registry.head(plan.repository, tag, signal);
  if (before !== undefined && before.digest !== plan.digest) throw taken(`${plan.repository}:${tag}`, before.digest, plan.digest);
  await registry.tag(plan.repository, plan.digest, tag, signal);
  const seen = await registry.head(plan.repository, tag, signal);
  if (seen?.digest !== plan.digest) throw changed(`${plan.repository}:${tag}`, plan.digest, seen?.digest);
  log.info(`[${plan.layout.spec.name}] tagged ${tag}`);
}

/** The last first. Returns the tags that could not be taken back. */
async function takeBack(set: readonly SetTag[], registry: Registry): Promise<string[]> {
  const signal = AbortSignal.timeout(TAKE_BACK_MS);
  const standing: string[] = [];
  for (const { plan, tag } of set.toReversed()) {
    const former = plan.held.get(tag);
    try {
      const seen = await registry.head(plan.repository, tag, signal);
      if (seen?.digest !== plan.digest) continue;
      if (former !== undefined) await registry.tag(plan.repository, former, tag, signal);
      // Some registries take the whole image away with a tag: only one that nobody can use yet.
      else if (plan.push) await registry.removeTag(plan.repository, tag, signal);
      else standing.push(`${plan.repository}:${tag}`);
    } catch {
      standing.push(`${plan.repository}:${tag}`);
    }
  }
  return standing;
}

/** What failed, and which tags stand in spite of it. */
function withStanding(error: unknown, standing: readonly string[]): unknown {
  if (standing.length === 0 || !(error instanceof DeployError)) return error;
  return new ToolError(`${error.message}. Tags that were set before that, and stand: ${standing.join(', ')}`, {
    reason: error.reason,
    hint: error.hint,
    cause: error,
  });
}

const taken = (reference: string, before: string, made: string): ToolError =>
  new ToolError(`${reference} was set to ${before} during this push, which made ${made}: it does not move`, {
    reason: 'tag-taken',
    hint: 'another run builds the same: let them wait for each other (concurrency), and run this one again',
  });

/** The registry holds something else than what was built. */
export function changed(what: string, expected: string, seen: string | undefined): ToolError {
  return new ToolError(`${what} is ${seen ?? 'not there'} in the registry, but ${expected} was built and scanned`, {
    reason: 'push-failed',
    hint: 'is another job pushing to the same repository, or a proxy that rewrites manifests in between?',
  });
}
