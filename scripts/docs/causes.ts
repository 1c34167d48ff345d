/** The table of reasons as documentation. */

import type { ReasonFacts } from '../../src/interfaces/reasons/facts.ts';
import { REASON_GROUPS } from '../../src/interfaces/reasons.ts';

const WIDTH = 120;
const FAILURE_REASONS = [...Object.keys(REASON_GROUPS['any action']), ...Object.keys(REASON_GROUPS['deploy and rollback'])];

/** The values of the output `failure-reason`, as a paragraph; `causes` is the path to docs/causes.md. */
export function failureReasons(causes: string): string {
  const all = FAILURE_REASONS.map((reason) => `\`${reason}\``).join(', ');
  return wrapped(`\`failure-reason\` is one of: ${all}. What each means, and what to do: [docs/causes.md](${causes}).`);
}

/** Every reason, grouped by who may raise it. */
export function causes(): string {
  return Object.entries(REASON_GROUPS)
    .map(([who, rows]) => [`## ${who[0]?.toUpperCase()}${who.slice(1)}`, ...Object.entries(rows).map(section)].join('\n\n'))
    .join('\n\n');
}

function section([reason, { title, exitCode = 1, meaning, todo, example }]: [string, ReasonFacts]): string {
  return [
    `### ${reason}`,
    wrapped(`**${title[0]?.toUpperCase()}${title.slice(1)}.** ${meaning} Exit code ${exitCode}.`),
    wrapped(`What to do: ${escaped(todo)}`),
    `\`\`\`text\n${example}\n\`\`\``,
  ].join('\n\n');
}

/** `<release>` is not an HTML tag. */
const escaped = (text: string): string => text.replaceAll('<', '\\<');

function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
