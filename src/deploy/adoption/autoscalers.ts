import type { Kind } from '../../split/kinds/rows.ts';
import { holdMinimums, releaseMinimums } from '../color/autoscalers.ts';
import type { AppContext } from '../run/run.ts';
import type { PlainApp } from '../state/plain.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'log'>;

/** Two versions' pods bear the labels that an autoscaler averages over: it must not take pods away meanwhile. */
export const holdPlainAutoscalers = (deps: Deps, plain: PlainApp): Promise<void> =>
  holdMinimums(deps, own(deps, plain), new Map(plain.workloads.map(({ name, replicas }) => [name, replicas])));

/** Their own minimum again. */
export const releasePlainAutoscalers = (deps: Deps, plain: PlainApp): Promise<void> => releaseMinimums(deps, own(deps, plain));

const own =
  ({ kubernetes }: Deps, { others }: PlainApp) =>
  async ({ ref }: Kind) => {
    const live = await Promise.all(others.filter(({ kind }) => kind === ref.kind).map((one) => kubernetes.get(one)));
    return live.filter((object) => object !== undefined);
  };
