export { type Desired, desiredBy, desiredOf, type PreviewPolicy } from './desired.ts';
export { isNamespaceOf, isSameKey, keyText, namespaceName, type PreviewKey } from './key.ts';
export { isExpired, isWarningDue, type PreviewLease, renewed, warned, warningMs } from './lease.ts';
export {
  momentIn,
  momentText,
  NOTES,
  type Notes,
  PREVIEW_LABEL,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
  previewSelector,
} from './marks.ts';
export { type PullRequest, readPullRequest } from './pull-request.ts';
