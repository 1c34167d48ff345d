export { deploy } from './deploy.ts';
export { type Evidence, FAILURE_REASONS, type FailureReason, StepFailure } from './failure.ts';
export type { Ancestry, Collaborators, DeployOptions, RunChecks, SecretValue, Who } from './options.ts';
export type { DeployOutcome, DeployStatus } from './outcome.ts';
