import { ExecaError, execa } from 'execa';

export interface RunOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Milliseconds until the program is ended; default ten minutes. */
  timeout?: number;
}

/** Runs a program to its end and returns what it wrote to stdout. A failure names the program, its exit and its last lines. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const { stdout } = await execa(program, args, { stdin: 'ignore', timeout: 600_000, ...options, stripFinalNewline: false });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const text = String(error.stderr).trim() || String(error.stdout).trim();
    throw new Error(`${error.shortMessage}:\n${text.split('\n').slice(-12).join('\n')}`, { cause: error });
  }
}
