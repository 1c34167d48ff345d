import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CHART } from './app.ts';

/** A checkout of the base branch with the app's chart, one for all runs: they do not write into it. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'preview-checkout-'));
  readonly commit: string;

  constructor() {
    mkdirSync(join(this.folder, 'chart'));
    writeFileSync(join(this.folder, 'chart/Chart.yaml'), stringify({ apiVersion: 'v2', ...CHART }));
    this.#git('init', '--quiet');
    this.#git('add', '.');
    this.#git('commit', '--quiet', '--message', 'The chart');
    this.commit = this.#git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #git(...args: string[]): string {
    const ada = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.com'];
    return execFileSync('git', ['-C', this.folder, ...ada, ...args], { encoding: 'utf8' }).trim();
  }
}
