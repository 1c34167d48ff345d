import { type DeployOutcome, type Evidence, StepFailure } from '../../deploy/index.ts';
import { CancelledError, ConfigurationError } from '../../interfaces/errors.ts';

const ANNOTATION_LINES = 8;

const ANNOTATION_COLUMNS = 300;

/** A mistake in the configuration and a cancelled run are shown as what they are. */
export const shown = (error: StepFailure, outcome: DeployOutcome): Error => withEvidence(original(error), outcome);

const original = (error: StepFailure): Error =>
  error.cause instanceof ConfigurationError || error.cause instanceof CancelledError ? error.cause : error;

/** Whoever reads only the annotation sees the last lines of each log, too. */
function withEvidence(error: Error, { report }: DeployOutcome): Error {
  const evidence = report.failure?.evidence ?? [];
  if (error instanceof StepFailure && evidence.length > 0) error.details = evidence.map(shortEvidence).join('\n');
  return error;
}

const shortEvidence = ({ title, text }: Evidence): string => {
  const lines = text.trimEnd().split('\n');
  return [`${title}:`, ...lines.slice(-ANNOTATION_LINES).map((line) => `  ${line.slice(0, ANNOTATION_COLUMNS)}`)].join('\n');
};
