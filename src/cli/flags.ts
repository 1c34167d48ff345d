import { ConfigurationError } from '../interfaces/errors.ts';
import type { InputField } from './metadata.ts';
import { isSecretInput, SECRET_INPUTS } from './secret-inputs.ts';
import { suggestion } from './suggest.ts';

/** What every command understands beside its inputs. */
export const GLOBAL_FLAGS = {
  help: 'Show this help.',
  json: 'Print one JSON object with the outputs and the report to standard output; progress goes to standard error.',
  report: 'Keep the report, JSON, in this file.',
  color: 'Colour: by default on a terminal, unless NO_COLOR is set. --no-color turns it off.',
  debug: 'Show debug lines, and stacks of errors.',
} as const;
const TAKES_VALUE: ReadonlySet<string> = new Set(['report']);

export interface Flags {
  /** Input → value as an action would get it. */
  inputs: Record<string, string>;
  /** Input → file whose content is the value; `-` for standard input. */
  files: Record<string, string>;
  help: boolean;
  json: boolean;
  debug: boolean;
  color: boolean | undefined;
  report: string | undefined;
}

/** Pure: reads `--flag value`, `--flag=value`, `--switch`, `--no-switch`, `--flag-file PATH`. Throws ConfigurationError. */
export function parseFlags(args: readonly string[], fields: readonly InputField[]): Flags {
  const flags: Flags = { inputs: {}, files: {}, help: false, json: false, debug: false, color: undefined, report: undefined };
  const known = new Map(fields.map((field) => [field.name, field]));
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '-h') arg = '--help';
    // What is no flag may be a secret: it is not repeated.
    if (!arg.startsWith('--') || arg === '--')
      throw new ConfigurationError('There is a word that belongs to no flag', { hint: 'Every value needs its flag: --name value' });
    const at = arg.indexOf('=');
    const name = at < 0 ? arg.slice(2) : arg.slice(2, at);
    const given = at < 0 ? undefined : arg.slice(at + 1);
    const value = () => given ?? nextValue(name, rest);
    const field = known.get(name);
    if (name in GLOBAL_FLAGS || name === 'no-color') takeGlobal(flags, name, given, value);
    else if (field) takeInput(flags, field, given, value, rest);
    else if (name.endsWith('-file') && known.has(name.slice(0, -5))) flags.files[name.slice(0, -5)] = value();
    else if (name.startsWith('no-') && known.get(name.slice(3))?.boolean && given === undefined) flags.inputs[name.slice(3)] = 'false';
    else throw unknownFlag(name, [...known.keys(), ...Object.keys(GLOBAL_FLAGS)]);
  }
  const twice = Object.keys(flags.files).find((name) => name in flags.inputs);
  if (twice !== undefined)
    throw new ConfigurationError(`--${twice} and --${twice}-file are both given`, { hint: 'Leave one of them out.' });
  if (Object.values(flags.files).filter((path) => path === '-').length > 1) {
    throw new ConfigurationError('Two flags read standard input', { hint: 'One of them can; give the other a file.' });
  }
  return flags;
}

/** The next word is the value, even where it starts with one dash (`--to -2`). */
function nextValue(name: string, rest: string[]): string {
  const next = rest.shift();
  if (next !== undefined && !next.startsWith('--')) return next;
  throw new ConfigurationError(`--${name} needs a value`, { hint: `Write --${name}=… for a value that starts with two dashes.` });
}

function takeGlobal(flags: Flags, name: string, given: string | undefined, value: () => string): void {
  if (TAKES_VALUE.has(name)) flags.report = value();
  else if (given !== undefined) throw new ConfigurationError(`--${name} takes no value`);
  else if (name === 'no-color' || name === 'color') flags.color = name === 'color';
  else if (name === 'help' || name === 'json' || name === 'debug') flags[name] = true;
}

function takeInput(flags: Flags, field: InputField, given: string | undefined, value: () => string, rest: string[]): void {
  const { name, boolean } = field;
  if (boolean) {
    const next = given ?? (/^(true|false)$/i.test(rest[0] ?? '') ? rest.shift() : 'true');
    flags.inputs[name] = next ?? 'true';
    return;
  }
  const text = value();
  refuseSecret(name, text);
  // Inputs of several lines: a flag for each.
  flags.inputs[name] = name in flags.inputs ? `${flags.inputs[name]}\n${text}` : text;
}

/** A kubeconfig is mostly a path; its content is a secret like the others. */
function refuseSecret(name: string, value: string): void {
  if (!isSecretInput(name) || (name === 'kubeconfig' && value.length < 1024 && /^[^\n{]*$/.test(value))) return;
  throw new ConfigurationError(`--${name} is a secret, and every user of this machine can read command lines`, {
    hint: `Use --${name}-file PATH, --${name}-file - for standard input, or the variable ${SECRET_INPUTS[name]}.`,
  });
}

export function unknownFlag(name: string, names: readonly string[]): ConfigurationError {
  const near = suggestion(name, names);
  return new ConfigurationError(`There is no flag --${name.slice(0, 60)}`, {
    hint: near === undefined ? 'See --help for all of them.' : `Did you mean --${near}?`,
  });
}
