import type { Log } from '../interfaces/log.ts';
import { blockingFindings } from './gate.ts';
import type { GateRules, ImageSpec, PlatformScan } from './model.ts';

/** When an image is built without its cache: what a cached step installed stays as old as the cache. */
export const REBUILDS = ['never', 'base', 'weekly', 'red'] as const;
export type Rebuild = (typeof REBUILDS)[number];

const WEEK_MS = 7 * 86_400_000;

/** What is known of the last image of this name. */
export interface LastBuild {
  /** When all of its steps ran; undefined where nobody knows. */
  freshAt?: string | undefined;
  /** A base image, or another one that it took from, is not what it was. */
  baseMoved: boolean;
}

/** Why an image is built without cache from the start; undefined where the cache does. */
export function whyAnew(rules: readonly Rebuild[], last: LastBuild | undefined, now: number): string | undefined {
  if (last === undefined) return undefined;
  if (rules.includes('base') && last.baseMoved) return 'an image that it is built from has moved';
  const isRecent = last.freshAt !== undefined && now - Date.parse(last.freshAt) < WEEK_MS;
  return rules.includes('weekly') && !isRecent ? 'its cache is older than a week' : undefined;
}

/** Whether a build without cache could turn the verdict: what blocks has fixes, and the image is not known to be new. */
export function isMendable(scans: readonly PlatformScan[], rules: GateRules): boolean {
  return blockingFindings(scans, rules).some(({ kind, fixedVersion }) => kind === 'vulnerability' && fixedVersion !== undefined);
}

export const builtAnew = (image: ImageSpec): ImageSpec => ({ ...image, noCache: true, pull: true });

export function sayRed({ name }: ImageSpec, scans: readonly PlatformScan[], rules: GateRules, log: Log): void {
  const fixable = blockingFindings(scans, rules).filter(({ fixedVersion }) => fixedVersion !== undefined);
  const ids = [...new Set(fixable.map(({ id }) => id))];
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  log.info(
    `[${name}] ${ids.slice(0, 3).join(', ')}${more}: there are fixes, and steps came from the cache, so it is built once more without`,
  );
}

export function sayMended({ name }: ImageSpec, scans: readonly PlatformScan[], rules: GateRules, log: Log): void {
  if (blockingFindings(scans, rules).length > 0) return;
  log.notice(
    `Image ${name}: the build cache held vulnerable packages. It was built without the cache, and passes; the kept cache is renewed`,
  );
}
