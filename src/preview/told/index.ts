export { markerOf, putComment } from './comment.ts';
