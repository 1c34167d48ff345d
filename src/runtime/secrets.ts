import { setSecret } from '@actions/core';
import { markdown } from './neutral.ts';

/** Below this length a value is masked by the runner alone: replacing it ourselves would shred ordinary words. */
const MIN_LENGTH = 4;

/**
 * Every secret value known to this run. The runner is told at once; we replace them ourselves too, since files, summaries and other
 * runners are not masked.
 */
export class Secrets {
  readonly #values = new Set<string>();
  #forms: readonly string[] = [];
  readonly #tellRunner: (value: string) => void;

  constructor(tellRunner: (value: string) => void = setSecret) {
    this.#tellRunner = tellRunner;
  }

  /** Masks a value; of a multi-line one every line with 4 characters or more, PEM markers excepted. */
  add(value: string): void {
    const lines = value.split(/\r?\n/).map((line) => line.trim());
    if (lines.length === 1) this.#mask(value.trim());
    else for (const line of lines) if (line.length >= MIN_LENGTH && !line.startsWith('-----')) this.#mask(line);
  }

  #mask(value: string): void {
    if (value === '' || this.#values.has(value)) return;
    this.#values.add(value);
    // Longest first, so that a secret inside another leaves nothing behind.
    this.#forms = [...new Set([...this.#forms, ...formsOf(value)])].sort((a, b) => b.length - a.length);
    this.#tellRunner(value);
  }

  values(): readonly string[] {
    return [...this.#values];
  }

  contains(text: string): boolean {
    return this.values().some((value) => value.length >= MIN_LENGTH && text.includes(value));
  }

  /** Replaces every secret, also as JSON, Markdown and base64 (as in a Kubernetes Secret) write it. */
  readonly redact = (text: string): string => this.#forms.reduce((result, form) => result.replaceAll(form, '***'), text);
}

function formsOf(value: string): string[] {
  if (value.length < MIN_LENGTH) return [];
  return [value, JSON.stringify(value).slice(1, -1), markdown(value), value.replaceAll('|', '\\|'), Buffer.from(value).toString('base64')];
}
