import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessRunner } from '../../src/interfaces/process.ts';

/** A user's own repository: what is committed in it is what a workflow run checks out. */
export class UserRepository {
  readonly dir: string;
  #runner: ProcessRunner;

  private constructor(dir: string, runner: ProcessRunner) {
    this.dir = dir;
    this.#runner = runner;
  }

  /** Copies folders of ours (source → path in the repository) into a new git repository, without committing them. */
  static async create(dir: string, copies: Readonly<Record<string, string>>, runner: ProcessRunner): Promise<UserRepository> {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const repository = new UserRepository(dir, runner);
    await repository.#git('init', '--quiet', '--initial-branch=main');
    await repository.#git('config', 'user.name', 'Demo');
    await repository.#git('config', 'user.email', 'demo@example.com');
    await repository.#git('config', 'commit.gpgsign', 'false');
    await repository.#git('remote', 'add', 'origin', 'https://github.com/acme/todo.git');
    for (const [from, to] of Object.entries(copies)) cpSync(from, join(dir, to), { recursive: true, filter: isSource });
    return repository;
  }

  write(path: string, content: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Replaces a text that must be there. */
  edit(path: string, from: string, to: string): void {
    const before = readFileSync(join(this.dir, path), 'utf8');
    if (!before.includes(from)) throw new Error(`${path} does not contain ${JSON.stringify(from)}`);
    this.write(path, before.replace(from, to));
  }

  /** Commits everything. Returns the commit's SHA. */
  async commit(message: string): Promise<string> {
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.#git('rev-parse', 'HEAD');
  }

  /** Goes on with another branch, which begins at the commit that is there if it is new. */
  async switch(branch: string): Promise<void> {
    const exists = (await this.#git('branch', '--list', branch)) !== '';
    await this.#git('switch', '--quiet', ...(exists ? [] : ['--create']), branch);
  }

  /** Reverts the last commit with a new one, as a team would. */
  async revert(): Promise<string> {
    await this.#git('revert', '--no-edit', 'HEAD');
    return this.#git('rev-parse', 'HEAD');
  }

  async #git(...args: string[]): Promise<string> {
    const { stdout } = await this.#runner.run({ command: ['git', '-C', this.dir, ...args], timeoutMs: 60_000 });
    return stdout.trim();
  }
}

const SKIPPED = /(^|\/)(node_modules|\.next|__pycache__|\.venv|\.pytest_cache|next-env\.d\.ts)$/;
const isSource = (path: string): boolean => !SKIPPED.test(path);
