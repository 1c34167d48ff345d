export { markerOf, ownComment, putComment, type WantedComment } from './comment.ts';
