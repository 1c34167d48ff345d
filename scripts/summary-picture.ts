/**
 * Draws a job summary as GitHub shows it: node scripts/summary-picture.ts SUMMARY.md PICTURE.svg [HEADING [OPEN]]
 *
 * SUMMARY.md is what a run wrote to GITHUB_STEP_SUMMARY; the demo keeps one for each of its releases in report/. Drawing begins at the first heading that
 * contains HEADING; details whose title contains OPEN are open.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { summaryPicture } from '../demo/picture/summary/picture.ts';

const [source, target, heading = '', open] = process.argv.slice(2);
if (source === undefined || target === undefined) {
  console.error('Usage: node scripts/summary-picture.ts SUMMARY.md PICTURE.svg [HEADING [OPEN]]');
  process.exit(2);
}
const lines = readFileSync(source, 'utf8').split('\n');
const from = lines.findIndex((line) => line.startsWith('#') && line.includes(heading));
if (from < 0) {
  console.error(`${source} has no heading with "${heading}"`);
  process.exit(1);
}
writeFileSync(target, summaryPicture(lines.slice(from).join('\n'), { ...(open === undefined ? {} : { open }) }));
