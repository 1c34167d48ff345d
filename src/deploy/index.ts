export { deploy } from './deploy.ts';
export { type Evidence, StepFailure } from './diagnosis/failure.ts';
export type { Ancestry, Collaborators, DeployOptions, RunChecks, SecretValue } from './run/options.ts';
export type { DeployOutcome, DeployStatus } from './run/outcome.ts';
export type { Who } from './state/lease-object.ts';
