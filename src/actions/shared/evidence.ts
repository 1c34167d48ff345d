import type { DeployOutcome, Evidence, StepFailure } from '../../deploy/index.ts';

const ANNOTATION_LINES = 8;

const ANNOTATION_COLUMNS = 300;

/** The annotation, too, shows the last lines of each log. */
export function shown(error: StepFailure, { report }: DeployOutcome): StepFailure {
  const evidence = report.failure?.evidence ?? [];
  if (evidence.length > 0) error.details = evidence.map(shortEvidence).join('\n');
  return error;
}

const shortEvidence = ({ title, text }: Evidence): string => {
  const lines = text.trimEnd().split('\n');
  return [`${title}:`, ...lines.slice(-ANNOTATION_LINES).map((line) => `  ${line.slice(0, ANNOTATION_COLUMNS)}`)].join('\n');
};
