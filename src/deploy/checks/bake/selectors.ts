import { SERVICE } from '../../kube/names.ts';
import { overruled, overruledFailure } from '../../traffic/overruled.ts';
import { type Watcher, watchInBake } from './watcher.ts';

/** The Services stay as the switch left them: whoever changes one knows something that this run does not. */
export const selectors: Watcher = async (baking) => {
  const moves = baking.run.journal.journal.inFlight?.services ?? [];
  if (moves.length === 0) return '';
  const seen = new Set<string>();
  await watchInBake(baking, {
    watch: [{ kind: SERVICE }],
    judge(view) {
      for (const move of moves) {
        const service = view.get(SERVICE, move.name);
        if (service) seen.add(move.name);
        const what = seen.has(move.name) ? overruled(move, service) : undefined;
        if (what) return overruledFailure(what);
      }
      return undefined;
    },
    // Read once more before the version is said to serve.
    mayEnd: () => seen.size === moves.length,
  });
  return 'no selector was changed';
};
