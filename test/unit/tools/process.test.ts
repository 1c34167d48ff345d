import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { CancelledError, LeaseLostError, ProcessError, TimeoutError, ToolError } from '../../../src/interfaces/errors.ts';
import { LineSplitter, TailBuffer } from '../../../src/tools/output.ts';
import { childEnvironment, NodeProcessRunner } from '../../../src/tools/process.ts';

const runner = new NodeProcessRunner();
const sh = (script: string, more: object = {}) => runner.run({ command: ['sh', '-c', script], timeoutMs: 20_000, ...more });

/** Fields of /proc/<pid>/stat after the name: state, parent, group. */
const stat = (pid: number | string): string[] | undefined => {
  const path = `/proc/${pid}/stat`;
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
    : undefined;
};
const isRunning = (pid: number | string): boolean => !['Z', undefined].includes(stat(pid)?.[0]);
const members = (group: number): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && stat(name)?.[2] === String(group) && isRunning(name));

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error('waited for 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the process runner', () => {
  test('gives output, input, environment, exit code', async () => {
    const result = await sh('cat; echo "$A" >&2; exit 3', { stdin: 'in', env: { A: 'x y' }, okExitCodes: [3] });
    expect(result).toMatchObject({ exitCode: 3, stdout: 'in', stderr: 'x y\n' });
  });

  test('gives a slow reader every byte, long after the program has ended', async () => {
    let [bytes, slept] = [0, 0];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        bytes += chunk.length;
        // Longer than a stream is read on after its program has ended, where nothing else is asked for.
        setTimeout(done, slept++ === 0 ? 2_500 : 0);
      },
    });
    const result = await sh('head -c 180000 /dev/zero', { output: slow });
    expect([bytes, result.stdout]).toEqual([180_000, '']);
  });

  test('joins programs by streams', async () => {
    const [between, hashed] = [new PassThrough(), sh('cat', { input: Readable.from(['a', 'b']) })];
    const [, { stdout }] = await Promise.all([sh('printf one; sleep 0.2; printf two', { output: between }), sh('cat', { input: between })]);
    expect([stdout, (await hashed).stdout]).toEqual(['onetwo', 'ab']);
  });

  test('a stream that breaks off is an error, though the program ended well', async () => {
    const broken = new Readable({
      read() {
        this.push('some');
        this.destroy(new Error('the other end is gone'));
      },
    });
    await expect(sh('cat >/dev/null', { input: broken })).rejects.toThrow(/stream of sh .*broke off: the other end is gone/);
    const own = new Readable({
      read() {
        this.destroy(new ToolError('a part is damaged'));
      },
    });
    await expect(sh('cat >/dev/null; exit 3', { input: own })).rejects.toThrow('a part is damaged');
  });

  test('a reader that fails is an error, and what a program does not read of a stream is passed over', async () => {
    const full = new Writable({ write: (_, __, done) => done(new Error('the disk is full')) });
    await expect(sh('head -c 300000 /dev/zero', { output: full })).rejects.toThrow(/the disk is full|failed/);
    const long = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(10_000)));
    expect((await sh('head -c 10 >/dev/null', { input: long })).exitCode).toBe(0);
  });

  test('reads a file, and not more of it than the program wants', async () => {
    const own = readFileSync(import.meta.filename, 'utf8');
    expect((await sh('cat', { stdinFile: import.meta.filename })).stdout).toBe(own);
    expect((await sh('head -c 10', { stdinFile: process.execPath })).exitCode).toBe(0);
    expect((await sh('cat', { stdinFile: '/no/such/file' })).stdout).toBe('');
  });

  test('a program that does not read its input is no failure', async () => {
    expect((await sh('exit 0', { stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  test('a failure has the program, how it ended, and its last words without secrets', async () => {
    const secretive = new NodeProcessRunner({ redact: (text) => text.replaceAll('hidden', '***') });
    secretive.redact('s3cret');
    const lines: string[] = [];
    const failed = secretive.run({
      command: ['sh', '-c', 'echo one s3cret; echo "bad hidden s3cret" >&2; exit 2'],
      timeoutMs: 20_000,
      onLine: (line, stream) => lines.push(`${stream} ${line}`),
    });
    await expect(failed).rejects.toThrow(ProcessError);
    await expect(failed).rejects.toMatchObject({
      exitCode: 2,
      stderr: 'bad *** ***\n',
      message: 'sh -c failed (exit code 2): bad *** ***',
    });
    expect(lines.sort()).toEqual(['stderr bad *** ***', 'stdout one ***']);
  });

  test('a signal from elsewhere is named', async () => {
    await expect(sh('kill -9 $$')).rejects.toMatchObject({ signal: 'SIGKILL', exitCode: undefined });
  });

  test('a program that is not there, and a folder that is not there', async () => {
    await expect(runner.run({ command: ['no-such-program'], timeoutMs: 1000 })).rejects.toThrow(
      'The program no-such-program was not found',
    );
    await expect(runner.run({ command: ['sh'], cwd: '/no/such/folder', timeoutMs: 1000 })).rejects.toThrow(ToolError);
  });

  test('the time limit ends the whole group, those that ignore SIGTERM too', async () => {
    const pids: number[] = [];
    const watching = new NodeProcessRunner({ onStart: (pid) => pids.push(pid), onEnd: (pid) => pids.push(-pid) });
    const run = watching.run({ command: ['sh', '-c', "trap '' TERM; sleep 60 & while :; do sleep 1; done"], timeoutMs: 300 });
    await expect(run).rejects.toThrow(TimeoutError);
    await expect(run).rejects.toThrow('Timed out after 0.3 s waiting for the end of sh');
    expect(pids).toEqual([expect.any(Number), -(pids[0] ?? 0)]);
    await until(() => members(pids[0] ?? 0).length === 0);
  }, 30_000);

  test('aborting gives the signal’s own reason', async () => {
    const lost = new AbortController();
    const running = sh('sleep 60', { signal: lost.signal });
    setTimeout(() => lost.abort(new LeaseLostError('lost')), 100);
    await expect(running).rejects.toThrow(LeaseLostError);
    await expect(sh('true', { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });

  test('a program that leaves something behind is not waited for, and what it leaves is ended', async () => {
    const { stdout } = await sh('sleep 600 & echo $!');
    await until(() => !isRunning(Number(stdout)));
  });

  test('the end of a long output is kept', async () => {
    const { stdout } = await sh('seq 1 100000', { maxBytes: 12 });
    // Whole lines: the rest of one could be the rest of a secret.
    expect(stdout).toBe('100000\n');
  });

  test('programs get what every program needs, what they are allowed to have, and nothing else', () => {
    const env = {
      INPUT_PASSWORD: 'x',
      STATE_x: 'y',
      GITHUB_TOKEN: 't',
      ACTIONS_RUNTIME_TOKEN: 't',
      DIGITALOCEAN_ACCESS_TOKEN: 't',
      DATABASE_URL: 'postgres://todo:x@db',
      LD_PRELOAD: '/tmp/x.so',
      PATH: '/bin',
      https_proxy: 'http://proxy:3128',
      LC_ALL: 'C.UTF-8',
      AWS_REGION: 'eu',
      HOME: '/home/me',
    };
    const base = { PATH: '/bin', https_proxy: 'http://proxy:3128', LC_ALL: 'C.UTF-8', HOME: '/home/me' };
    expect(childEnvironment(env, {})).toEqual(base);
    expect(childEnvironment(env, { passes: ['AWS_*'], env: { HOME: undefined, A: '1' } })).toEqual({
      ...base,
      HOME: undefined,
      AWS_REGION: 'eu',
      A: '1',
    });
  });
});

describe('streams', () => {
  test('lines are cut anywhere, characters too', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 10);
    for (const byte of Buffer.from('ä\r\n\nb\n0123456789abc\nend')) splitter.push(Buffer.of(byte));
    splitter.end();
    expect(lines).toEqual(['ä', '', 'b', '0123456789… (3 characters left out)', 'end']);
  });

  test('a buffer keeps no more than its limit', () => {
    const buffer = new TailBuffer(5);
    for (let index = 0; index < 100; index += 1) buffer.push(Buffer.from(String(index)));
    expect(buffer.toString()).toBe('79899');
  });
});
