export { deploy } from './deploy.ts';
export { type Evidence, StepFailure } from './diagnosis/failure.ts';
export { seenText } from './run/exposure.ts';
export type { Collaborators, DeployOptions, TakeBackup } from './run/options.ts';
export type { DeployOutcome } from './run/outcome.ts';
export type { Who } from './state/lease-object.ts';
export type { ToPlainOptions } from './to-plain/model.ts';
export { toPlain } from './to-plain/to-plain.ts';
