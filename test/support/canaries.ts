import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Secret values by what they are; looked for in every text, as they are and in base64. */
export class Canaries {
  readonly #forms: [name: string, form: string][];

  constructor(values: Readonly<Record<string, string>>) {
    this.#forms = Object.entries(values).flatMap(([name, value]): [string, string][] => [
      [name, value],
      [`${name} in base64`, Buffer.from(value).toString('base64')],
      [`${name} in a URL`, encodeURIComponent(value)],
    ]);
  }

  /** Names of those that a text holds. */
  in(text: string): string[] {
    return this.#forms.filter(([, form]) => text.includes(form)).map(([name]) => name);
  }

  /** `file: name` of those that files below a folder hold. */
  below(folder: string): string[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
      const path = join(folder, name);
      if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return [];
      return this.in(readFileSync(path, 'latin1')).map((found) => `${name}: ${found}`);
    });
  }
}

/** Looks at the arguments of every program on this machine until it is stopped, again and again. */
export class ArgumentWatch {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs = 20) {
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** The arguments that were seen, a program each. */
  stop(): string[] {
    clearInterval(this.#timer);
    return [...this.#seen];
  }

  #look(): void {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        this.#seen.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
      } catch {
        // Ended meanwhile.
      }
    }
  }
}
