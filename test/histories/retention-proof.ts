/** 100,000 random lives of an app's backups: never fewer good ones than are to stay. RETENTION_HISTORIES=1000 plays so many. */
import { playHistory } from '../support/retention-histories.ts';

const histories = Number(process.env.RETENTION_HISTORIES ?? 100_000);
for (let seed = 1; seed <= histories; seed++) {
  const wrong = playHistory(seed);
  if (wrong === undefined) continue;
  console.error(wrong);
  process.exit(1);
}
console.log(`${histories} random histories of backups: never fewer good ones than are to stay`);
