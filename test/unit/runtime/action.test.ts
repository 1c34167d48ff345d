import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const fixture = join(import.meta.dirname, 'fixtures', 'action.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'action-'));
  for (const name of ['output', 'state', 'summary']) writeFileSync(join(folder, name), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(what: string, inputs: Record<string, string> = {}, env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [fixture, what], {
    env: {
      PATH: process.env.PATH,
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STATE: join(folder, 'state'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      RUNNER_TEMP: folder,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (text.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (text.stderr += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...text };
}

/** What the runner hands to the post step: the last value of each name. */
function state(): Record<string, string> {
  const entries = readFileSync(join(folder, 'state'), 'utf8').matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...entries].map((match) => [`STATE_${match[1]}`, match[3] ?? '']));
}

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error('waited for 10 s');
    await delay(20);
  }
}

describe('an action', () => {
  test('that succeeds: outputs, summary, masks; the post step removes its files', async () => {
    const { code, stdout } = await finish(start('succeed', { secret: 's3cret-value' }));
    expect(code).toBe(0);
    expect(stdout).toContain('::add-mask::s3cret-value\n');
    expect(stdout.replace('::add-mask::s3cret-value', '')).not.toContain('s3cret-value');
    expect(stdout).not.toMatch(/^::error::/m);
    expect(readFileSync(join(folder, 'output'), 'utf8')).toMatch(/^answer<<(\S+)\na\nb\n\1$/m);
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe('# done \\*\\*\\*\n\n');
    const [file = ''] = JSON.parse(state().STATE_tempPaths ?? '') as string[];
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await finish(start('post', {}, state()))).stdout).toContain('post\n');
    expect(existsSync(file)).toBe(false);
  }, 20_000);

  test('that fails: one annotation, the causes below it, no stack', async () => {
    const { code, stdout } = await finish(start('fail'));
    expect(code).toBe(1);
    expect(stdout.match(/^::error .*$/gm)).toEqual(['::error title=test%3A Helm failed::it failed ::x%0AWhat to do: try again']);
    expect(stdout).toContain('::group::Causes\ncaused by: below\n::endgroup::\n');
    expect(stdout).not.toContain('    at ');
  });

  test('with a mistake of ours: its stack when debugging', async () => {
    const { code, stdout } = await finish(start('break', {}, { RUNNER_DEBUG: '1' }));
    expect([code, stdout.includes('please report it')]).toEqual([1, true]);
    expect(stdout).toContain('    at ');
  });

  test('outside of a workflow: the same words without commands', async () => {
    const { code, stdout, stderr } = await finish(start('fail', {}, { GITHUB_ACTIONS: '' }));
    expect([code, stdout]).toEqual([1, expect.not.stringContaining('::group')]);
    expect(stderr).toContain('Error: test: Helm failed: it failed');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that is cancelled by %s tidies up and is red',
    async (signal) => {
      const child = start('wait');
      let seen = '';
      child.stdout?.on('data', (chunk) => (seen += String(chunk)));
      const end = finish(child);
      await until(() => seen.includes('waiting'));
      child.kill(signal);
      const { code, stdout } = await end;
      expect(code).toBe(1);
      expect(stdout).toContain('given up\n');
      expect(stdout).toContain(`::error title=test%3A cancelled::Cancelled by ${signal}`);
    },
    20_000,
  );

  test('that is killed: its programs are ended by the post step, whatever they do about it', async () => {
    const file = join(folder, 'pids');
    const child = start('children', { file });
    const end = finish(child);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').trim().split('\n').length === 2);
    // A busy machine may not have let the action write down what it has just started.
    await until(() => (state().STATE_processes ?? '').includes('pid'));
    const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    child.kill('SIGKILL');
    await end;
    expect(pids.map(alive)).toEqual([true, true]);
    const { code, stdout } = await finish(start('post', {}, state()));
    expect(code).toBe(0);
    expect(stdout).toContain('Ended 1 program(s)');
    await until(() => !pids.some(alive));
  }, 30_000);
});
