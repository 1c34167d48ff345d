import { type DeployOutcome, type Evidence, type StepFailure, seenText } from '../../deploy/index.ts';

const ANNOTATION_LINES = 8;

const ANNOTATION_COLUMNS = 300;

/** The annotation, too, says who saw the version, and shows the last lines of each log. */
export function shown(error: StepFailure, { report, seen }: DeployOutcome): StepFailure {
  const who = seenText(seen, report.switchBackMs, report.backMs);
  const evidence = (report.failure?.evidence ?? []).map(shortEvidence);
  const details = [...(who ? [`${who.charAt(0).toUpperCase()}${who.slice(1)}.`] : []), ...evidence];
  if (details.length > 0) error.details = details.join('\n');
  return error;
}

const shortEvidence = ({ title, text }: Evidence): string => {
  const lines = text.trimEnd().split('\n');
  return [`${title}:`, ...lines.slice(-ANNOTATION_LINES).map((line) => `  ${line.slice(0, ANNOTATION_COLUMNS)}`)].join('\n');
};
