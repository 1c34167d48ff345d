import type { Clock } from '../../../interfaces/clock.ts';
import { ConfigurationError, TimeoutError } from '../../../interfaces/errors.ts';
import type { Log } from '../../../interfaces/log.ts';
import type { DigitalOceanApi } from '../../digitalocean/api.ts';
import { activeGarbageCollection, repositoryNames, subscriptionTier } from './api.ts';
import { PLAN_HINT } from './errors.ts';
import type { SubscriptionTier } from './model.ts';

const ASK_FIRST_MS = 5_000;
const ASK_MS = 20_000;
const SAY_MS = 120_000;

/**
 * A registry issues no token to write while its garbage is collected. Waits for the end of that, and logs it; there is nothing to watch, so it
 * polls. One is known to have hung for four hours. Throws TimeoutError.
 */
export async function waitForGarbageCollection(
  api: DigitalOceanApi,
  registry: string,
  { clock, log, limitMs, signal }: { clock: Clock; log: Log; limitMs: number; signal: AbortSignal },
): Promise<void> {
  const started = clock.now();
  let loggedAt = Number.NEGATIVE_INFINITY;
  for (let asked = 0; ; asked += 1) {
    const running = await activeGarbageCollection(api, registry);
    if (running === undefined) {
      if (asked > 0) log.info(`The garbage collection of the registry ${registry} is over`);
      return;
    }
    const waited = clock.now() - started;
    if (waited >= limitMs) {
      throw new TimeoutError(
        `the garbage collection of the registry ${registry} (${running.status}): nothing can be pushed meanwhile`,
        limitMs,
        {
          hint: `run the job again later. If it hangs, end it: doctl registry garbage-collection cancel ${running.uuid}`,
        },
      );
    }
    if (clock.now() - loggedAt >= SAY_MS) {
      loggedAt = clock.now();
      log.info(
        `Waiting for the garbage collection of the registry ${registry} (${running.status}): no push is possible meanwhile. ${Math.ceil((limitMs - waited) / 60_000)} min left`,
      );
    }
    await clock.sleep(Math.min(asked === 0 ? ASK_FIRST_MS : ASK_MS, limitMs - waited), signal);
  }
}

/** Whether the plan holds the repositories that a push would make. Throws ConfigurationError before anything is pushed. */
export async function requireRepositories(api: DigitalOceanApi, registry: string, wanted: readonly string[]): Promise<void> {
  const tier = await subscriptionTier(api);
  if (!tier?.included_repositories) return;
  const problem = overLimit(tier, await repositoryNames(api, registry), wanted);
  if (problem !== undefined) {
    throw new ConfigurationError(`The registry ${registry} ${problem}`, {
      hint: PLAN_HINT,
    });
  }
}

/** Pure: what is wrong, in words. */
export function overLimit(tier: SubscriptionTier, existing: readonly string[], wanted: readonly string[]): string | undefined {
  const limit = tier.included_repositories ?? 0;
  const missing = [...new Set(wanted)].filter((name) => !existing.includes(name));
  if (limit === 0 || missing.length === 0 || existing.length + missing.length <= limit) return undefined;
  const plural = limit === 1 ? 'repository' : 'repositories';
  return `is on the plan ${tier.name ?? 'of its account'}, which holds ${limit} ${plural}, and has ${existing.length} (${existing.join(', ')}): this push would add ${missing.join(', ')}`;
}
