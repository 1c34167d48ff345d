export { findFrontDoors } from './front-doors.ts';
export { ensureNamespace, note } from './namespace.ts';
export { ensureNoIndex } from './noindex.ts';
export { type Isolation, podSecurityLabels, type Quota } from './objects.ts';
export { beginProbe, type Finding, findingNote, findingText, type Probe } from './probe/index.ts';
export { copySecrets, copyTlsSecret, ensurePriority, type Place, surround } from './surround.ts';
