export { type Finding, findingNote, findingText } from './finding.ts';
export { beginProbe, type Probe } from './probe.ts';
