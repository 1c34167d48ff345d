export type { Candidate } from './candidates.ts';
export { remainsText } from './describe.ts';
export { type ListedVersion, listVersions } from './list.ts';
export type { RollbackOptions } from './options.ts';
export { readSituation } from './read.ts';
export { rollback } from './rollback.ts';
export { PLAIN, parseTarget, type Target } from './target.ts';
