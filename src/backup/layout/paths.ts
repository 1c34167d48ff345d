import type { App } from '../model.ts';

/** Objects of a backup's folder. */
export const MANIFEST = 'manifest.json';
/** Written first: whose upload this is, so that another run knows whether it may sweep it. */
export const STARTED = 'started.json';
const PART = /^part-\d{5}\.age$/;
const DRILL = /^drill-[\w-]+\.json$/;

export const partName = (number: number): string => `part-${String(number).padStart(5, '0')}.age`;
export const drillName = (run: string): string => `drill-${run}.json`;
export const isPart = (name: string): boolean => PART.test(name);
export const isDrill = (name: string): boolean => DRILL.test(name);

/** Of one app within the destination's prefix; neither name can hold a slash. */
export const appPrefix = (prefix: string, { namespace, release }: App): string =>
  [prefix, namespace, release].filter((part) => part !== '').join('/');

/** S3 takes no more than 10,000 pieces anywhere, and one PUT of 5 GiB; a part that fails is sent again whole. */
const [SMALLEST, LARGEST, WANTED] = [32 * 1024 * 1024, 1024 * 1024 * 1024, 200];

/** Pure: bytes of a part, from those of the database on disk. */
export const partBytes = (database: number): number => Math.min(LARGEST, Math.max(SMALLEST, Math.ceil(database / WANTED)));
