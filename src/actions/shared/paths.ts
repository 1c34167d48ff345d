import { type Stats, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { GitHubEnvironment } from '../../runtime/github-env.ts';
import { foreignIn } from './chart-files.ts';
import { futureOf, gitRoot, isGitsOwn, isInside, realOf } from './inside.ts';

const NOT_THERE = 'Paths are relative to the workspace; is there an actions/checkout step before this one?';

/**
 * Files and folders that inputs name. In a workflow they are in the workspace or in RUNNER_TEMP, wherever their symbolic links lead: what a pull
 * request checked in decides about nothing outside of it. On the command line what the user names is the user's.
 */
export class Paths {
  readonly #workspace: string;
  /** Undefined on the command line. */
  readonly #roots: readonly string[] | undefined;

  constructor({ workspace, tempDir, isWorkspaceKnown }: Pick<GitHubEnvironment, 'workspace' | 'tempDir' | 'isWorkspaceKnown'>) {
    this.#workspace = workspace;
    const roots = [workspace, tempDir].flatMap((root) => [root, realOf(root) ?? root]);
    this.#roots = isWorkspaceKnown ? [...new Set(roots)] : undefined;
  }

  /** Returns the absolute path. `what`: `Input "value-files" names`. Throws ConfigurationError. */
  file(path: string, what: string, hint: string = NOT_THERE): string {
    const { absolute, stat } = this.#locate(path, what);
    if (!stat?.isFile()) throw new ConfigurationError(`${what} ${path}, which is not a file`, { hint });
    return absolute;
  }

  folder(path: string, what: string, hint: string = NOT_THERE): string {
    const { absolute, stat } = this.#locate(path, what);
    if (!stat?.isDirectory()) throw new ConfigurationError(`${what} ${path}, which is not a folder`, { hint });
    return absolute;
  }

  /** The user's own wherever it is, unless it is in the workspace: then it stays there. */
  anywhere(path: string, what: string): string {
    const absolute = resolve(this.#workspace, path);
    const root = this.#rootOf(absolute);
    if (root !== undefined) this.#stays(absolute, root, path, what);
    return absolute;
  }

  /** A chart's folder. None of its files leads out of the workspace; on the command line, out of its Git repository. */
  chart(path: string, what: string): string {
    const folder = this.folder(path, what);
    const around = this.#roots === undefined ? gitRoot(folder) : [this.#workspace].find((root) => isInside(folder, root));
    const foreign = foreignIn(folder, around);
    if (foreign === undefined) return folder;
    const allowed = this.#roots === undefined ? 'the same Git repository' : 'the workspace';
    throw new ConfigurationError(`${what} ${path}, whose ${relative(folder, foreign.path)} ${foreign.why}`, {
      hint: `Helm would read it into the chart. Put a copy into the chart; symbolic links may lead to what is in ${allowed}.`,
    });
  }

  #rootOf(absolute: string): string | undefined {
    return this.#roots?.find((root) => isInside(absolute, root));
  }

  #locate(path: string, what: string): { absolute: string; stat: Stats | undefined } {
    const absolute = resolve(this.#workspace, path);
    if (this.#roots !== undefined) {
      const root = this.#rootOf(absolute);
      if (root === undefined) throw this.#outside(path, absolute, what);
      this.#stays(absolute, root, path, what);
    }
    return { absolute, stat: statSync(absolute, { throwIfNoEntry: false }) };
  }

  /** Each root for itself: a link from the workspace to RUNNER_TEMP may lead to another step's secrets. */
  #stays(absolute: string, root: string, path: string, what: string): void {
    const [real, top] = [futureOf(absolute), realOf(root) ?? root];
    if (!isInside(real, top)) throw this.#outside(path, real, what);
    if (isGitsOwn(relative(top, real))) throw new ConfigurationError(`${what} ${path}, which leads into Git's own folder`);
  }

  #outside(path: string, real: string, what: string): ConfigurationError {
    const leads = real === path ? 'which is' : `which leads to ${real},`;
    return new ConfigurationError(`${what} ${path}, ${leads} outside of the workspace`, {
      hint: `In a workflow only what is in ${this.#workspace} or RUNNER_TEMP is read: copy it there in a step before this one.`,
    });
  }
}
