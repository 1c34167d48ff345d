export { type Desired, desiredBy, desiredOf, type PreviewPolicy } from './desired.ts';
export { isId, isSameKey, keyText, namespaceName, type PreviewKey, parseId } from './key.ts';
export { isExpired, isWarningDue, renewed, warned } from './lease.ts';
export {
  momentText,
  NEVER,
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
