/**
 * 500,000 calls of parsers with hostile texts, 100,000 hostile logs, and how the cost of each parser grows. HOSTILE_CALLS and HOSTILE_LOGS say
 * how many others, HOSTILE_SEED where they begin.
 */
import { ABOUT_LINEAR, growth } from '../support/growth.ts';
import { PARSERS } from './parsers.ts';
import { callParsers, cleanLogs } from './property.ts';
import { UNITS } from './units.ts';

const seed = Number(process.env.HOSTILE_SEED ?? 1);
const calls = Number(process.env.HOSTILE_CALLS ?? 500_000);
const logs = Number(process.env.HOSTILE_LOGS ?? 100_000);
// Nobody reads the stacks of what is thrown on purpose.
Error.stackTraceLimit = 0;

callParsers(Math.ceil(calls / PARSERS.length), seed);
console.log(`${calls} calls of ${PARSERS.length} parsers: every text was read, or refused by an error of our own that shows none of it`);
cleanLogs(logs, seed);
console.log(`${logs} logs: none shows a secret, none commands the runner`);
for (const { name, read } of PARSERS) {
  for (const unit of UNITS) {
    const grew = growth((size) => {
      try {
        read(unit.repeat(Math.ceil(size / unit.length)));
      } catch {
        // Refused is as good.
      }
    });
    if (grew >= ABOUT_LINEAR) throw new Error(`${name}: four times as many ${JSON.stringify(unit)} cost ${grew.toFixed(1)} times as much`);
  }
}
console.log(`${PARSERS.length} parsers: none takes longer than its text is long`);
