import { GLOBAL_FLAGS } from './flags.ts';
import type { InputField, Metadata } from './metadata.ts';
import { isSecretInput, SECRET_INPUTS } from './secret-inputs.ts';

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done: it serves, or there was nothing to do'],
  [1, 'it failed, or was rolled back; status and smoke-test: something is wrong'],
  [2, 'wrong flags, inputs or configuration; nothing was touched'],
  [3, 'going back failed too: a person has to look now'],
  [4, 'another run owns the app'],
  [130, 'cancelled (Ctrl-C)'],
];

const INDENT = 30;

/** Pure: `todo-deploy --help`. */
export function generalHelp(commands: readonly { name: string; description: string }[], width: number): string {
  return [
    'Usage: todo-deploy COMMAND [FLAGS]',
    '',
    'Builds, deploys and rolls back Helm charts blue-green, as the GitHub Actions of the same names do.',
    '',
    'Commands:',
    ...commands.map(({ name, description }) => row(`  ${name}`, description, width)),
    '',
    "todo-deploy COMMAND --help shows a command's flags; todo-deploy --version the product's version.",
    '',
    exitCodes(width),
  ].join('\n');
}

/** Pure: help of one command, from its action's metadata. */
export function commandHelp(name: string, { description, inputs }: Metadata, width: number): string {
  const required = inputs.filter((field) => field.required);
  const usage = required.map((field) => `--${field.name}${isSecretInput(field.name) ? '-file' : ''} …`).join(' ');
  return [
    `Usage: todo-deploy ${[name, usage, '[FLAGS]'].filter(Boolean).join(' ')}`,
    '',
    wrapped(description, 0, width),
    '',
    'Flags:',
    ...inputs.map((field) => row(`  ${flagText(field)}`, inputText(field), width)),
    '',
    ...Object.entries(GLOBAL_FLAGS).map(([flag, text]) => row(`  --${flag}${flag === 'report' ? ' PATH' : ''}`, text, width)),
    '',
    wrapped(
      'Every flag has a twin --NAME-file PATH that reads its value from a file, or from standard input (-). A flag for several lines can be given several times.',
      0,
      width,
    ),
    '',
    exitCodes(width),
  ].join('\n');
}

function flagText({ name, boolean }: InputField): string {
  if (boolean) return `--${name}`;
  return isSecretInput(name) && name !== 'kubeconfig' ? `--${name}-file PATH` : `--${name} VALUE`;
}

function inputText({ name, description, required, fallback, boolean }: InputField): string {
  const off = boolean && fallback === 'true' ? ` On by default; --no-${name} turns it off.` : '';
  const usual = boolean || fallback === '' ? '' : ` Default: ${fallback}.`;
  const known = isSecretInput(name) && !description.includes(SECRET_INPUTS[name]);
  const variable = known ? ` Or the variable ${SECRET_INPUTS[name]}.` : '';
  return `${required ? 'Required. ' : ''}${description}${off}${usual}${variable}`;
}

const exitCodes = (width: number): string =>
  ['Exit codes:', ...EXIT_CODES.map(([code, meaning]) => row(`  ${code}`, meaning, width, 8))].join('\n');

/** A term and its explanation, wrapped beside it. */
function row(term: string, text: string, width: number, indent = INDENT): string {
  const body = wrapped(text, indent, width);
  return term.length < indent - 1 ? `${term.padEnd(indent)}${body.trimStart()}` : `${term}\n${body}`;
}

function wrapped(text: string, indent: number, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one}`).join('\n');
}
