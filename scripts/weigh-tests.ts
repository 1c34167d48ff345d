/**
 * Writes test/weights.json, what each file of a level takes of a worker, from the reports that `npm test -- api cluster` leaves:
 * node scripts/weigh-tests.ts REPORT.json [REPORT.json ...]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const WEIGHTS = 'test/weights.json';

interface Report {
  testResults: { name: string; startTime: number; endTime: number }[];
}

const known = JSON.parse(readFileSync(WEIGHTS, 'utf8')) as Record<string, number>;
const weighed = process.argv.slice(2).flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as Report).testResults);
for (const { name, startTime, endTime } of weighed) known[relative('.', name)] = Math.round((endTime - startTime) / 1000);
const left = Object.entries(known).filter(([file]) => existsSync(file));
writeFileSync(WEIGHTS, `${JSON.stringify(Object.fromEntries(left.toSorted(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`);
