import { statSync } from 'node:fs';
import { suggestion, wordOf } from '../interfaces/closest.ts';
import { ConfigurationError } from '../interfaces/errors.ts';
import { parseYaml } from '../interfaces/reading/yaml.ts';
import { type Scalars, scalarOptions } from '../interfaces/yaml-scalars.ts';
import { parseDuration } from './duration.ts';
import { shorten } from './neutral.ts';
import { atLine, type SecretEntry, secretEntries } from './secret-entries.ts';
import { isMaskable, MIN_LENGTH, Secrets } from './secrets.ts';

export interface StringOptions {
  default?: string | undefined;
  required?: boolean;
  pattern?: RegExp;
  allowed?: readonly string[];
  /** What is expected, for the error: `a Kubernetes name such as todo`. */
  describe?: string;
}

const variableOf = (name: string): string => `INPUT_${name.replace(/ /g, '_').toUpperCase()}`;

/** Reads the inputs of an action, each by its type; every mistake is one `ConfigurationError` that names the input. */
export class Inputs {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #secrets: Secrets;
  readonly #read = new Set<string>();
  readonly #warn: (message: string) => void;

  /** `warn` takes what has to be said about a value that is used all the same. */
  constructor(
    env: Readonly<Record<string, string | undefined>> = process.env,
    secrets: Secrets = new Secrets(),
    warn: (message: string) => void = () => undefined,
  ) {
    this.#env = env;
    this.#secrets = secrets;
    this.#warn = warn;
  }

  #value(name: string): string | undefined {
    this.#read.add(name);
    return this.#env[variableOf(name)];
  }

  #whole(name: string): string {
    return this.#value(name) ?? '';
  }

  /** Names that were asked for so far. */
  get read(): readonly string[] {
    return [...this.#read];
  }

  /** Names that the step gives a value, of whatever input. */
  get given(): readonly string[] {
    const set = Object.entries(this.#env).filter(([name, value]) => name.startsWith('INPUT_') && value?.trim());
    return set.map(([name]) => name.slice('INPUT_'.length).toLowerCase());
  }

  #raw(name: string): string {
    return this.#whole(name).trim();
  }

  #unknown(name: string, value: string, allowed: readonly string[]): ConfigurationError {
    return this.#wrong(name, value, 'not a known value', `${allowed.join(', ')}${suggestion(value, allowed)}`);
  }

  #wrong(name: string, value: string, what: string, allowed: string): ConfigurationError {
    // So much of it is shown: white space without end is not worked on.
    const shown = shorten(value.slice(0, 400).replace(/\s*\n\s*/g, ' ⏎ '), 100);
    return new ConfigurationError(`Input "${name}" is "${shown}": ${what} (allowed: ${allowed})`);
  }

  #missing(name: string, describe?: string): ConfigurationError {
    return new ConfigurationError(`Input "${name}" is empty${describe === undefined ? '' : `: expected ${describe}`}`, {
      hint: `set "${name}" under "with:" of this step`,
    });
  }

  /** Whether the step sets it, or action.yml has a default. What is given may still be empty: an expression that gave nothing. */
  isGiven(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  /** '' when empty and not required. Values that start with `-` could be read as flags and need a pattern that takes them. */
  string(name: string, options: StringOptions = {}): string {
    const value = this.#raw(name) || (options.default ?? '');
    if (value === '') {
      if (options.required) throw this.#missing(name, options.describe);
      return '';
    }
    if (options.allowed !== undefined && wordOf(value, options.allowed) === undefined) throw this.#unknown(name, value, options.allowed);
    if (options.pattern !== undefined && !options.pattern.test(value)) {
      throw this.#wrong(name, value, 'not understood', options.describe ?? `what matches ${options.pattern.source}`);
    }
    if (options.allowed === undefined && options.pattern === undefined && value.startsWith('-')) {
      throw this.#wrong(name, value, 'starts with "-" and would be read as a flag', options.describe ?? 'a value without leading "-"');
    }
    return value;
  }

  /** One of these words, in whatever case. */
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.string(name, { default: fallback, allowed });
    return wordOf(value, allowed) ?? fallback;
  }

  optional(name: string, options: Omit<StringOptions, 'required' | 'default'> = {}): string | undefined {
    return this.string(name, options) || undefined;
  }

  required(name: string, options: Omit<StringOptions, 'required'> = {}): string {
    return this.string(name, { ...options, required: true });
  }

  /** Booleans of YAML 1.2's core schema. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.#raw(name);
    if (value === '') return fallback;
    if (/^(true|True|TRUE)$/.test(value)) return true;
    if (/^(false|False|FALSE)$/.test(value)) return false;
    throw this.#wrong(name, value, 'not a boolean', 'true, false');
  }

  /** Milliseconds. */
  duration(name: string, fallback: number | string, limits: { min?: number; max?: number; or?: string } = {}): number {
    const value = this.#raw(name) || String(typeof fallback === 'number' ? `${fallback}ms` : fallback);
    const ms = parseDuration(value);
    if (ms === undefined) throw this.#wrong(name, value, 'not a duration', ['90s', '10m', '1h30m', limits.or ?? []].flat().join(', '));
    if (ms < (limits.min ?? 0)) throw this.#wrong(name, value, 'too short', `at least ${(limits.min ?? 0) / 1000}s`);
    if (limits.max !== undefined && ms > limits.max) throw this.#wrong(name, value, 'too long', `at most ${limits.max / 1000}s`);
    return ms;
  }

  integer(name: string, options: { default: number; min?: number; max?: number }): number {
    const value = this.#raw(name);
    if (value === '') return options.default;
    const min = options.min ?? 0;
    const max = options.max ?? Number.MAX_SAFE_INTEGER;
    const allowed = options.max === undefined ? `whole numbers from ${min}` : `whole numbers from ${min} to ${max}`;
    if (!/^-?\d+$/.test(value)) throw this.#wrong(name, value, 'not a whole number', allowed);
    const number = Number(value);
    if (number < min || number > max) throw this.#wrong(name, value, 'out of range', allowed);
    return number;
  }

  /** As it was given, with the spaces at its ends. */
  text(name: string): string {
    return this.#whole(name);
  }

  /** Lines, trimmed, without blank ones and `#` comments. */
  lines(name: string): string[] {
    return this.#raw(name)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** Values separated by commas or new lines; `options.allowed` checks each. */
  list(
    name: string,
    options: { default?: readonly string[]; allowed?: readonly string[]; pattern?: RegExp; describe?: string } = {},
  ): string[] {
    const values = this.lines(name)
      .flatMap((line) => line.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
    for (const value of values) {
      if (options.allowed !== undefined && wordOf(value, options.allowed) === undefined) throw this.#unknown(name, value, options.allowed);
      if (options.pattern !== undefined && !options.pattern.test(value)) {
        throw this.#wrong(name, value, 'not understood', options.describe ?? `what matches ${options.pattern.source}`);
      }
    }
    return values.length === 0 ? [...(options.default ?? [])] : values;
  }

  /** Some of these words, in whatever case. */
  choices<T extends string>(name: string, allowed: readonly T[], fallback: readonly T[]): T[] {
    return this.list(name, { default: fallback, allowed }).flatMap((value) => wordOf(value, allowed) ?? []);
  }

  /**
   * Masked before it is handed out. A multi-line value is masked line by line (a whole one would be split by the runner anyway);
   * `maskLines: false` leaves a multi-line value to the caller, who masks what is secret in it (a kubeconfig's keys, not its every line).
   */
  secret(name: string, options: { maskLines?: boolean; required?: boolean } = {}): string {
    const value = this.#raw(name);
    if (value === '' && options.required) throw this.#missing(name);
    if (!value.includes('\n') || options.maskLines !== false) this.#mask(value, `Input "${name}"`);
    return value;
  }

  /** The secrets of an input that holds several. All of it is masked before anything looks at it, then each value. Throws ConfigurationError. */
  secrets(name: string): SecretEntry[] {
    const text = this.#whole(name);
    this.#secrets.add(text);
    const entries = secretEntries(name, text);
    for (const { line, value } of entries) this.#mask(value, atLine(name, line));
    return entries;
  }

  /** Lines that say where secrets are. What cannot be read may be one itself, and is masked. Throws ConfigurationError. */
  secretPlaces(name: string): SecretEntry[] {
    const text = this.#whole(name);
    try {
      return secretEntries(name, text);
    } catch (error) {
      this.#secrets.add(text);
      throw error;
    }
  }

  #mask(value: string, where: string): void {
    this.#secrets.add(value);
    if (value === '' || isMaskable(value)) return;
    const why = value.trim().length < MIN_LENGTH ? `has fewer than ${MIN_LENGTH} characters` : 'is an ordinary word';
    this.#warn(`${where}: a secret ${why}: it is used, but the log may show it, since masking it would garble other text`);
  }

  /** undefined when empty. Where every scalar is taken as text, `text` keeps it letter for letter. */
  yaml(name: string, scalars: Scalars = 'exact'): unknown {
    const value = this.#raw(name);
    if (value === '') return undefined;
    return parseYaml(value, `Input "${name}"`, { schema: scalarOptions(scalars) });
  }

  /** A path that cannot be read as a flag; '' when empty and not required. */
  path(name: string, options: { mustExist?: 'file' | 'directory' | 'any'; default?: string; required?: boolean } = {}): string {
    const value = this.#raw(name) || (options.default ?? '');
    if (value === '') {
      if (options.required) throw this.#missing(name, 'a path');
      return '';
    }
    if (value.startsWith('-')) throw this.#wrong(name, value, 'starts with "-" and would be read as a flag', `./${value}`);
    if (value.includes('\0') || value.includes('\n')) throw this.#wrong(name, value, 'not one path', 'one path');
    if (options.mustExist === undefined) return value;
    const stat = statSync(value, { throwIfNoEntry: false });
    if (stat === undefined) {
      throw new ConfigurationError(`Input "${name}" names ${value}, which does not exist`, {
        hint: 'paths are relative to the workspace; is there an actions/checkout step before this one?',
      });
    }
    if (options.mustExist === 'file' && !stat.isFile()) throw new ConfigurationError(`Input "${name}" names ${value}, which is not a file`);
    if (options.mustExist === 'directory' && !stat.isDirectory()) {
      throw new ConfigurationError(`Input "${name}" names ${value}, which is not a directory`);
    }
    return value;
  }
}
