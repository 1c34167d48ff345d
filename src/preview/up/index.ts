export { bringUp, whyOutdated } from './bring-up.ts';
export type { Asked, UpOptions, UpOutcome, UpTools } from './options.ts';
export type { Seed } from './seed.ts';
