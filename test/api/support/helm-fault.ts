import { deployer } from './api.ts';
import type { App, Ended } from './app.ts';
import { LossyWay } from './lossy.ts';

/** A request of Helm's. */
type Request = readonly [method: string, path: RegExp];

/** What Helm writes where a change of a release has ended. */
export const markOf = (release: string, revision?: number): Request => [
  'PUT',
  new RegExp(`/secrets/sh.helm.release.v1.${release}.v${revision ?? '\\d+'}$`),
];

/**
 * A run in which Helm's first request that is one of `lost` is refused, and so on for each of them; with `cut` nothing of that Helm is let
 * through any more after the first, as where it was killed.
 */
export async function withHelmFault(app: App, lost: readonly Request[], run: () => Promise<Ended>, { cut = false } = {}): Promise<Ended> {
  const way = await LossyWay.open(deployer);
  const left = [...lost];
  way.lose = (method, path) => {
    const index = left.findIndex(([wanted, pattern]) => wanted === method && pattern.test(path));
    if (index < 0) return cut && way.lost.length > 0 && method !== 'GET' ? 400 : undefined;
    left.splice(index, 1);
    return 400;
  };
  app.helmWay = way;
  try {
    const ended = await run();
    if (left.length > 0) throw new Error(`Helm did not ask for ${left.map(([method, path]) => `${method} ${path}`).join(', ')}`);
    return ended;
  } finally {
    app.helmWay = undefined;
    way.close();
  }
}
