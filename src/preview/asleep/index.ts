export { putToSleep, type SleepTools } from './put-to-sleep.ts';
export { lastWoken } from './woken.ts';
