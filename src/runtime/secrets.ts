import { setSecret } from '@actions/core';
import { Matcher } from './matcher.ts';
import { plain } from './neutral.ts';
import { formsOf } from './secret-forms.ts';

/** Below this length a value is not masked: the runner would replace it in ordinary words, and drop every output that holds it. */
export const MIN_LENGTH = 4;
/** Outputs such as `pushed=true` would go with them. */
const ORDINARY = /^(?:true|false|null|none|undefined)$/i;

/** Whether a value can be hidden. */
export const isMaskable = (value: string): boolean => value.trim().length >= MIN_LENGTH && !ORDINARY.test(value.trim());

const USER_IN_URL = /(:\/\/)[^\s/?#@:"'<>{},|]*:[^\s/@"'<>{},|]*@/g;

/**
 * Every secret value known to this run. The runner is told at once; we replace them ourselves too, since files, summaries and other
 * runners are not masked.
 */
export class Secrets {
  readonly #values = new Set<string>();
  readonly #matcher = new Matcher();
  readonly #tellRunner: (value: string) => void;

  constructor(tellRunner: (value: string) => void = setSecret) {
    this.#tellRunner = tellRunner;
  }

  /** Masks a value; of a multi-line one the whole, and every line that can be masked, PEM markers excepted. */
  add(value: string): void {
    const lines = value.split(/\r?\n/).map((line) => line.trim());
    // The runner would take a whole one apart, and mask its shortest lines too.
    if (lines.length > 1) this.#know(value);
    for (const line of lines.length === 1 ? lines : lines.filter((one) => !one.startsWith('-----'))) {
      if (this.#know(line)) this.#tellRunner(line);
    }
  }

  /** Returns whether it is a new one that can be masked. */
  #know(value: string): boolean {
    if (!isMaskable(value) || this.#values.has(value)) return false;
    this.#values.add(value);
    for (const form of formsOf(value)) this.#matcher.add(form);
    return true;
  }

  values(): readonly string[] {
    return [...this.#values];
  }

  contains(text: string): boolean {
    return this.values().some((value) => text.includes(value));
  }

  /** Replaces every secret in all its usual forms, whatever colours and control characters stand in it, and the user in any URL. */
  readonly redact = (text: string): string => {
    const replaced = this.#matcher.replace(text, '***');
    return replaced.includes('://') ? replaced.replace(USER_IN_URL, '$1***@') : replaced;
  };

  /** For people: without control characters, which may stand in a secret; what stands before one could take its beginning away with it. */
  readonly clean = (text: string): string => this.redact(plain(this.redact(text)));
}
