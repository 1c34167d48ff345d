export { sweepColors } from './colors/sweep.ts';
export { type PreviewWorld, sweepPreviews } from './previews/sweep.ts';
export { tend } from './previews/tend.ts';
export { sweepTags, type TagWorld } from './tags/sweep.ts';
export type { Report } from './world/model.ts';
