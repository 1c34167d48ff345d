import { spawn } from 'node:child_process';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds until the program is ended; ten minutes unless told. */
  timeout?: number;
}

/** Runs a program to its end and returns what it wrote to stdout. A failure names the program, its exit and its last lines. */
export function run(program: string, args: readonly string[], { cwd, env, timeout = 600_000 }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGTERM' });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-8_000);
    });
    child.on('error', (cause) => reject(new Error(`${program} did not start: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(out);
      const end = signal === null ? `with exit code ${code}` : `by ${signal} (limit ${timeout / 1000} s)`;
      const tail = (err.trim() || out.trim()).split('\n').slice(-12).join('\n');
      reject(new Error(`${program} ${args[0] ?? ''} ended ${end}:\n${tail}`));
    });
  });
}
