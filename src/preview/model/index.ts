export { type Desired, desiredBy, desiredOf, type PreviewPolicy } from './desired.ts';
export { type Home, homeOf, marksWith, ownOf, RELEASE_LABEL, sharedBy } from './home.ts';
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
  titleOf,
} from './marks.ts';
export { type PullRequest, readPullRequest } from './pull-request.ts';
