import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Finding, SplitResult } from '../../split/model.ts';
import type { DeployRun } from '../run/run.ts';
import { type PlainRelease, planTakeover, type Takeover } from './plan.ts';
import { readLive } from './read.ts';

type Deps = Pick<DeployRun, 'kubernetes' | 'helm' | 'options' | 'log'>;

/** Errors: `ConfigurationError` where the user wants no takeover. */
export function requireAdopt({ options }: Pick<Deps, 'options'>, { revision }: PlainRelease): void {
  if (options.adopt) return;
  throw new ConfigurationError(
    `"${options.release}" already runs as a plain Helm release (revision ${revision}), and the input "adopt" is false`,
    { hint: 'Leave "adopt" out to have this deploy take it over under traffic, or use another release name.' },
  );
}

/** The takeover of what runs, with what keeps it from being taken over, and the Services that it pins (`Service/todo`). */
export async function takeOver(
  run: Deps,
  running: PlainRelease,
  split: SplitResult,
): Promise<{ plan: Takeover; pinned: ReadonlySet<string>; refusals: Finding[] }> {
  const { namespace } = run.kubernetes;
  const live = await readLive(run, running, split);
  const { refusals, ...plan } = planTakeover(running, live, split, { release: run.options.release, namespace });
  return { plan, pinned: new Set(plan.app.services.map(({ name }) => `Service/${name}`)), refusals };
}
