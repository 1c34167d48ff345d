export { putToSleep, type SleepTools } from './put-to-sleep.ts';
export { believed, lastWoken } from './woken.ts';
