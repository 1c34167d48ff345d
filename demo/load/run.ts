import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadProgress, LoadResult } from './model.ts';

/** Load that runs beside everything else, in a process of its own so that our own work does not slow its clock. */
export class RunningLoad {
  #child: ChildProcess;
  #ended: Promise<void>;
  #resultFile: string;
  /** The newest progress line. */
  progress: LoadProgress = { sent: 0, lost: 0, versions: {} };

  constructor(plan: LoadPlan, resultFile: string) {
    this.#resultFile = resultFile;
    this.#child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url)), resultFile], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The load generator ended with code ${code}`))));
    });
    // Awaited in stop(); a failure before that must not end this process.
    this.#ended.catch(() => {});
    let rest = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      const last = lines.at(-1);
      if (last !== undefined) this.progress = JSON.parse(last);
    });
    this.#child.stdin?.end(JSON.stringify(plan));
  }

  /** Waits until the plan is done. */
  async finished(): Promise<LoadResult> {
    await this.#ended;
    return JSON.parse(readFileSync(this.#resultFile, 'utf8')) as LoadResult;
  }

  /** Stops sending, and waits for responses in flight. */
  async stop(): Promise<LoadResult> {
    this.#child.kill('SIGTERM');
    return this.finished();
  }
}
