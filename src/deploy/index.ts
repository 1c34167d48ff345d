export { deploy } from './deploy.ts';
export { type Evidence, FAILURE_REASONS, type FailureReason, StepFailure } from './failure.ts';
export type { Who } from './lease.ts';
export type { Ancestry, Collaborators, DeployOptions, RunChecks, SecretValue } from './options.ts';
export type { DeployOutcome, DeployStatus } from './outcome.ts';
