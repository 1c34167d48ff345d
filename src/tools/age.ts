import type { Readable, Writable } from 'node:stream';
import type { Encryption } from '../interfaces/backup-tools.ts';
import type { ProcessRunner } from '../interfaces/process.ts';

export interface AgeOptions {
  runner: ProcessRunner;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The program `age`. Public keys are no secrets, and stand in its arguments; a private one is a file. */
export class Age implements Encryption {
  readonly #options: AgeOptions;

  constructor(options: AgeOptions) {
    this.#options = options;
  }

  async encrypt({ recipients, input, output }: { recipients: readonly string[]; input: Readable; output: Writable }): Promise<void> {
    const { runner, ...limits } = this.#options;
    const to = recipients.flatMap((recipient) => ['--recipient', recipient]);
    await runner.run({ command: ['age', '--encrypt', ...to], input, output, failure: 'backup-failed', ...limits });
  }

  async decrypt({ identityFile, input, output }: { identityFile: string; input: Readable; output: Writable }): Promise<void> {
    const { runner, ...limits } = this.#options;
    await runner.run({ command: ['age', '--decrypt', '--identity', identityFile], input, output, failure: 'backup-damaged', ...limits });
  }
}
