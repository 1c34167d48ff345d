import { workersReady } from '../../color/workers.ts';
import type { Watcher } from './watcher.ts';

/** The version's workers, started with the switch, become ready. Until then the bake goes on. */
export const workers: Watcher = async (baking) => {
  const { run, workers: started, signal } = baking;
  if (started.length === 0) return '';
  await workersReady(run, started, signal);
  baking.awaitsWorkers = false;
  return `${started.map(({ kind, name }) => `${kind}/${name}`).join(', ')} became ready`;
};
