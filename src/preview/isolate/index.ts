export { findFrontDoors } from './front-doors.ts';
export { lacking } from './lacking.ts';
export { ensureMarked, note } from './marked.ts';
export { ensureNoIndex } from './noindex.ts';
export { type Isolation, podSecurityLabels, type Quota } from './objects.ts';
export { requireOwnSecrets } from './own-secrets.ts';
export { beginProbe, type Finding, findingNote, findingText, type Probe } from './probe/index.ts';
export { copySecrets, copyTlsSecret, ensurePriority, type Place, surround } from './surround.ts';
