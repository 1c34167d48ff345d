export { sweepColors } from './colors/sweep.ts';
export { sweepDrills } from './drills/sweep.ts';
export { fewOf } from './previews/few.ts';
export { type PreviewWorld, sweepPreviews } from './previews/sweep.ts';
export { type TendOptions, tend } from './previews/tend.ts';
export { sweepTags, type TagWorld } from './tags/sweep.ts';
export type { Report } from './world/model.ts';
