/**
 * Text from outside (program output, events, names) made harmless: it can neither command the runner, colour the log, nor
 * become Markdown. Everything that reaches people passes here.
 */

/** Linear in the text's length, which `stripVTControlCharacters` of node:util is not: sequences that never end cost it minutes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const ANSI = /[\u001B\u009B](?:\][^\u0007\u001B\u009B]*(?:\u0007|\u001B\\)|[[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: all but tab and newline
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF]/g;
const ZERO_WIDTH_SPACE = '\u200B';

/** Removes ANSI sequences, control and direction characters; line ends become `\n`. */
export function plain(text: string): string {
  return text
    .replace(ANSI, '')
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(CONTROL, '');
}

/** For the log: `plain`, and lines that the runner would take for a workflow command are broken by a zero-width space. */
export function neutral(text: string): string {
  return plain(text)
    .replace(/^([^\S\n]*):(?=:)/gm, `$1:${ZERO_WIDTH_SPACE}`)
    .replace(/##(?=\[)/g, `##${ZERO_WIDTH_SPACE}`);
}

/** For Markdown running text and table cells: one line, every special character escaped, no link, mention or HTML. */
export function markdown(text: string): string {
  return html(text)
    .replace(/[\\`*_{}[\]()|~]/g, '\\$&')
    .replace(/^([#+-])/, '\\$1')
    .replace(/^(\d+)\./, '$1\\.');
}

/** For text inside an HTML element, where Markdown's own characters mean nothing: one line, no link, mention or element. */
export function html(text: string): string {
  return oneLine(plain(text))
    .replace(/&/g, '&amp;')
    .replace(/#(?=\d)/g, '&#35;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, ':&#47;/')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** Lines without what stands around them, one after the other. */
const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ');

/** Inline code: the text as it stands, with enough backticks around it. */
export function codeSpan(text: string): string {
  const line = plain(text).replace(/\n/g, ' ').replace(/\|/g, '\\|');
  if (line.trim() === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A fenced block whose fence the text cannot close. */
export function codeBlock(text: string, language = ''): string {
  const body = plain(text).replace(/(?<!\n)\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

/** Nobody reads more of one message; what cleans it is spared the rest. */
const LONGEST = 1024 * 1024;

/** What is worked on at all: the beginning, and how much was left out. */
export function capped(text: string, limit = LONGEST): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} characters left out)`;
}

/** At most `limit` characters, `…` at the end where something was cut. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
