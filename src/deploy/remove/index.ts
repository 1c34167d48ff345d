export type { RemoveOptions, RemoveOutcome } from './options.ts';
export { remove } from './remove.ts';
