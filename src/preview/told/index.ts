export { markerOf, putComment } from './comment.ts';
export { warnOfExpiry } from './warn.ts';
