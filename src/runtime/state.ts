import { saveState } from '@actions/core';
import { ToolError } from '../interfaces/errors.ts';
import { parseJson } from '../interfaces/reading/json.ts';
import type { Environment } from './github-env.ts';

/** What the main step leaves for its post step: `save` appends to GITHUB_STATE, `get` reads what this or the main step saved. */
export class State {
  readonly #env: Environment;
  readonly #saved = new Map<string, string>();

  constructor(env: Environment = process.env) {
    this.#env = env;
  }

  save(name: string, value: string): void {
    if (this.#saved.get(name) === value) return;
    this.#saved.set(name, value);
    if (this.#env.GITHUB_STATE) saveState(name, value);
  }

  /** '' where nothing was saved. */
  get(name: string): string {
    return this.#saved.get(name) ?? this.#env[`STATE_${name}`] ?? '';
  }

  saveJson(name: string, value: unknown): void {
    this.save(name, JSON.stringify(value));
  }

  getJson<T>(name: string): T | undefined {
    const text = this.get(name);
    return text === ''
      ? undefined
      : parseJson<T>(text, (why) => new ToolError(`What the main step left as "${name}" cannot be read: ${why}`));
  }
}
