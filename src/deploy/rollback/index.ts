export { type Candidate, candidatesOf, type Facts, type Remains } from './candidates.ts';
export { candidateLine, remainsText } from './describe.ts';
export { type ListedVersion, listVersions } from './list.ts';
export type { RollbackCollaborators, RollbackOptions } from './options.ts';
export { readSituation, type Situation } from './read.ts';
export { rollback } from './rollback.ts';
export { parseTarget, type Target } from './target.ts';
