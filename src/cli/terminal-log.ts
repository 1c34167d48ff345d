import type { Log } from '../interfaces/log.ts';
import { capped, neutral } from '../runtime/neutral.ts';
import type { Style } from './style.ts';

/** Shorter groups get no line with their duration. */
const NOTABLE_MS = 1000;

interface Options {
  write(text: string): void;
  style: Style;
  redact(text: string): string;
  debug: boolean;
  now(): number;
}

/** The log of a terminal: groups are headings, what is in them is indented, each line as soon as it comes. */
export class TerminalLog implements Log {
  readonly #options: Options;
  #depth = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  #line(text: string, style: (text: string) => string = (same) => same): void {
    const { write, redact } = this.#options;
    const lines = neutral(redact(capped(text))).split('\n');
    for (const line of lines) write(`${'  '.repeat(this.#depth)}${style(line)}\n`);
  }

  info(message: string): void {
    this.#line(message);
  }
  debug(message: string): void {
    if (this.#options.debug) this.#line(message, this.#options.style.dim);
  }
  notice(message: string): void {
    this.#line(asFlags(message), this.#options.style.blue);
  }
  warning(message: string): void {
    this.#line(`Warning: ${asFlags(message)}`, this.#options.style.yellow);
  }
  error(message: string, options: { title?: string } = {}): void {
    this.#line(`Error: ${options.title === undefined ? '' : `${options.title}: `}${asFlags(message)}`, this.#options.style.red);
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    const { style, now } = this.#options;
    const started = now();
    this.#line(title, style.bold);
    this.#depth += 1;
    let result = 'failed';
    try {
      const value = await body();
      result = 'done';
      return value;
    } finally {
      const took = now() - started;
      if (result === 'failed' || took >= NOTABLE_MS)
        this.#line(`${result} after ${(took / 1000).toFixed(1)} s`, result === 'done' ? style.dim : style.red);
      this.#depth -= 1;
    }
  }
}

/** Errors name an action's inputs: here they are flags. */
export const asFlags = (message: string): string =>
  message
    .replace(/\b(?:[Tt]he )?[Ii]nputs? "([a-z-]+)"( and "([a-z-]+)")?/g, (_, name: string, _rest, other?: string) =>
      other ? `--${name} and --${other}` : `--${name}`,
    )
    .replace(/set "([a-z-]+)" under "with:" of this step/g, 'give --$1')
    .replace(/is there an actions\/checkout step before this one\?/g, 'is this the right folder?')
    .replace(/relative to the workspace/g, 'relative to the current folder');
