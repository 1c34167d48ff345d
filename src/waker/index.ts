export { isSleepDue } from './due.ts';
export { isAsleep, WAKER_LABEL, WOKEN_NOTE } from './marks.ts';
export { WAKER_IMAGE } from './objects.ts';
export { waitingAnswer } from './page.ts';
export { fallAsleep } from './sleep.ts';
export { isVisit } from './visit.ts';
export { wake } from './wake.ts';
