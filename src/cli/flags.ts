import { type Command, Option } from 'commander';
import { ConfigurationError } from '../interfaces/errors.ts';
import { inputText } from './help.ts';
import type { InputField } from './metadata.ts';
import { isSecretInput, SECRET_INPUTS } from './secret-inputs.ts';

export interface Flags {
  /** Input → value as an action would get it. */
  inputs: Record<string, string>;
  /** Input → file whose content is the value; `-` for standard input. */
  files: Record<string, string>;
  json: boolean;
  debug: boolean;
  color: boolean | undefined;
  report: string | undefined;
}

interface Globals {
  json?: boolean;
  debug?: boolean;
  color?: boolean;
  report?: string;
}

/** Gives a command the inputs of its action as flags, each with a twin that reads a file, and the flags of every command. */
export function addFlags(command: Command, fields: readonly InputField[], args: readonly string[]): void {
  command.optionsGroup('Flags:').helpOption('-h, --help', 'Show this help.');
  for (const option of fields.flatMap((field) => optionsOf(field, args))) command.addOption(option);
  command
    .optionsGroup('Flags of every command:')
    .option('--json', 'Print one JSON object with the outputs and the report to standard output; progress goes to standard error.')
    .addOption(new Option('--report <path>', 'Keep the report, JSON, in this file.').argParser((path) => next('report', path, args)))
    .option('--color', 'Colour: by default on a terminal, unless NO_COLOR is set. --no-color turns it off.')
    .addOption(new Option('--no-color').hideHelp())
    .option('--debug', 'Show debug lines, and stacks of errors.');
}

/** What was given, in an action's terms. Throws ConfigurationError. */
export function flagsOf(command: Command, fields: readonly InputField[]): Flags {
  const given = command.opts<Record<string, string | boolean | undefined>>();
  const valuesOf = (suffix: string): Record<string, string> =>
    Object.fromEntries(
      fields.flatMap(({ name }) => {
        const value = given[flag(`--${name}${suffix}`).attributeName()];
        return value === undefined ? [] : [[name, String(value)]];
      }),
    );
  const files = valuesOf('-file');
  if (Object.values(files).filter((path) => path === '-').length > 1) {
    throw new ConfigurationError('Two flags read standard input', { hint: 'One of them can; give the other a file.' });
  }
  const { json = false, debug = false, color, report } = command.opts<Globals>();
  return { inputs: valuesOf(''), files, json, debug, color, report };
}

/** Commander takes each flag that begins with `--no-` for another one's negation: `--no-cache` is an input of its own. */
const flag = (flags: string, text?: string): Option => Object.assign(new Option(flags, text), { negate: false });

function optionsOf(field: InputField, args: readonly string[]): Option[] {
  const { name, boolean } = field;
  const isShownAsFile = isSecretInput(name) && name !== 'kubeconfig';
  const file = flag(`--${name}-file <path>`, inputText(field))
    .argParser((path) => next(`${name}-file`, path, args))
    .hideHelp(!isShownAsFile);
  const value = boolean
    ? flag(`--${name} [bool]`, inputText(field)).preset('true')
    : flag(`--${name} <value>`, inputText(field)).argParser((text, before?: string) => {
        refuseSecret(name, next(name, text, args));
        // Inputs of several lines: a flag for each.
        return before === undefined ? text : `${before}\n${text}`;
      });
  value.conflicts(file.attributeName()).hideHelp(isShownAsFile);
  return [value, file, ...(boolean ? [new Option(`--no-${name}`).hideHelp()] : [])];
}

/** Commander takes any next word as the value; where it is a flag, the value was forgotten. One dash is a value's (`--to -2`). */
function next(name: string, value: string, args: readonly string[]): string {
  if (!value.startsWith('--') || args.includes(`--${name}=${value}`)) return value;
  throw new ConfigurationError(`--${name} needs a value`, { hint: `Write --${name}=… for a value that starts with two dashes.` });
}

/** A kubeconfig is mostly a path; its content is a secret like the others. */
function refuseSecret(name: string, value: string): void {
  if (!isSecretInput(name) || (name === 'kubeconfig' && value.length < 1024 && /^[^\n{]*$/.test(value))) return;
  throw new ConfigurationError(`--${name} is a secret, and every user of this machine can read command lines`, {
    hint: `Use --${name}-file PATH, --${name}-file - for standard input, or the variable ${SECRET_INPUTS[name]}.`,
  });
}
