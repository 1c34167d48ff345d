export type { Memory, RecordedApp } from './model.ts';
export { requireGone } from './nobody.ts';
export { reinstate } from './reinstate.ts';
