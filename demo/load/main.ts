/** Child process: reads a LoadPlan as JSON from standard input, prints progress as JSON lines, the result to the file named by its one argument; ends on SIGTERM. */
import { readFileSync, writeFileSync } from 'node:fs';
import { generateLoad } from './generator.ts';
import type { LoadPlan } from './model.ts';

const out = process.argv[2];
if (out === undefined) throw new Error('Usage: main.ts RESULT-FILE < plan.json');
const plan = JSON.parse(readFileSync(0, 'utf8')) as LoadPlan;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => stop.abort());
const result = await generateLoad(plan, stop.signal, (progress) => {
  process.stdout.write(`${JSON.stringify(progress)}\n`);
});
writeFileSync(out, JSON.stringify(result));
