export { type Approval, approvalText, endApproval, sayApproval } from './approval.ts';
export { boxItems, type Ticked, tickedBox, untick, withStay } from './boxes.ts';
export { editComment, markerOf, putComment } from './comment.ts';
export { sayFarewell } from './farewell.ts';
export { tolerant } from './tolerant.ts';
export { finishFarewells } from './unfinished.ts';
export { warnOfExpiry } from './warn.ts';
