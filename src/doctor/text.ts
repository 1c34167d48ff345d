import type { CheckedFinding, Level } from './patient/model.ts';

const WORDS: Readonly<Record<Level, string>> = { ok: 'ok', warn: 'warn', fail: 'FAIL', unknown: '?' };

/** Pure: a line for each finding, and under it what mends it. */
export function findingLines(findings: readonly CheckedFinding[]): string[] {
  const widest = Math.max(0, ...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, level, message, mend }) => {
    const [first = '', ...rest] = message.split('\n');
    const indent = ' '.repeat(widest + 8);
    const line = `${WORDS[level].padEnd(4)}  ${check.padEnd(widest)}  ${first}`;
    return [line, ...rest.map((text) => `${indent}${text}`), ...(mend === undefined || level === 'ok' ? [] : mendLines(mend, indent))];
  });
}

/** A command of several lines stands at the margin, so that it can be copied. */
const mendLines = (mend: string, indent: string): string[] =>
  mend.includes('\n') ? [`${indent}→`, ...mend.split('\n'), ''] : [`${indent}→ ${mend}`];

/** Pure: `9 ok, 1 warning, 2 failed, 1 unknown`. */
export function countText(findings: readonly CheckedFinding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const words: [Level, string][] = [
    ['ok', 'ok'],
    ['warn', count('warn') === 1 ? 'warning' : 'warnings'],
    ['fail', 'failed'],
    ['unknown', 'unknown'],
  ];
  return words.flatMap(([level, word]) => (count(level) > 0 ? [`${count(level)} ${word}`] : [])).join(', ');
}
