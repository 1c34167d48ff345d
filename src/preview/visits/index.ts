export { noteVisits, visitsUntilNow } from './note.ts';
export { readVisits, type Visits } from './read.ts';
