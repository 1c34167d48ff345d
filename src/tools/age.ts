import type { Readable, Writable } from 'node:stream';
import type { Encryption } from '../interfaces/backup-tools.ts';
import { ProcessError, ToolError } from '../interfaces/errors.ts';
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
    const run = runner.run({ command: ['age', '--encrypt', ...to], input, output, failure: 'backup-failed', ...limits });
    await run.catch((error: unknown) => Promise.reject(inWords(error)));
  }

  async decrypt({ identityFile, input, output }: { identityFile: string; input: Readable; output: Writable }): Promise<void> {
    const { runner, ...limits } = this.#options;
    const command = ['age', '--decrypt', '--identity', identityFile] as const;
    const run = runner.run({ command: [...command], input, output, failure: 'backup-damaged', ...limits });
    await run.catch((error: unknown) => Promise.reject(inWords(error)));
  }
}

/** Its last line is where to report errors. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ProcessError)) return error;
  const line = /^age: error: (.*)$/m.exec(error.stderr)?.[1];
  return line === undefined ? error : new ToolError(`age: ${line}`, { reason: error.reason, cause: error });
}
