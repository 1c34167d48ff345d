import type { Readable, Writable } from 'node:stream';
import type { Archiver } from '../interfaces/backup-tools.ts';
import type { ProcessRunner } from '../interfaces/process.ts';

export interface TarOptions {
  runner: ProcessRunner;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The program `tar`. */
export class Tar implements Archiver {
  readonly #options: TarOptions;

  constructor(options: TarOptions) {
    this.#options = options;
  }

  async pack(folder: string, output: Writable): Promise<void> {
    const { runner, ...limits } = this.#options;
    const command = ['tar', '--create', '--directory', folder, '--numeric-owner', '.'] as const;
    await runner.run({ command, output, failure: 'backup-failed', ...limits });
  }

  async unpack(input: Readable, folder: string, without?: string): Promise<void> {
    const { runner, ...limits } = this.#options;
    const left = without === undefined ? [] : [`--exclude=./${without}`];
    const command = ['tar', '--extract', '--directory', folder, '--no-same-owner', '--no-same-permissions', ...left] as const;
    await runner.run({ command: [...command], input, failure: 'backup-damaged', ...limits });
  }
}
