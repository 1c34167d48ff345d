import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { State } from './state.ts';

const STATE = 'tempPaths';
const OWN = /^todo-deploy-[0-9a-f]{16}-[\w.-]+$/;

/** Private files and folders under RUNNER_TEMP: mode 0600 and 0700, listed in the state, removed in the post step. */
export class TempFiles {
  readonly #root: string;
  readonly #state: State;

  constructor(root: string, state: State) {
    this.#root = resolve(root);
    this.#state = state;
  }

  #register(name: string): string {
    const path = join(this.#root, `todo-deploy-${randomBytes(8).toString('hex')}-${name.replace(/[^\w.-]/g, '_')}`);
    // Saved before it is made: a kill in between leaves nothing behind.
    this.#state.saveJson(STATE, [...(this.#state.getJson<string[]>(STATE) ?? []), path]);
    mkdirSync(this.#root, { recursive: true });
    return path;
  }

  /** Writes a new file with mode 0600 and returns its absolute path. */
  file(name: string, content: string | Uint8Array): string {
    const path = this.#register(name);
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    return path;
  }

  /** Makes a new folder with mode 0700. */
  directory(name: string): string {
    const path = this.#register(name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /** Removes everything listed that has a place and a name of ours: state is text that others may have written. Safe to repeat. */
  removeAll(): void {
    for (const path of this.#state.getJson<string[]>(STATE) ?? []) {
      if (dirname(path) === this.#root && OWN.test(basename(path))) rmSync(path, { recursive: true, force: true });
    }
  }
}
