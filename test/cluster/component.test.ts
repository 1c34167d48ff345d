import { afterEach, expect, test } from '@jest/globals';
import { ensureRunning, stop } from '../../cluster/component.ts';
import { run } from '../../cluster/exec.ts';
import { isAlive, readPid, savePid } from '../../cluster/pidfile.ts';

const NAME = 'test-component';
const component = (script: string, extra: object = {}) => ({ name: NAME, command: 'sh', args: ['-c', script], ...extra });

afterEach(() => stop(NAME));

test('a program that ends while it starts is reported with the last lines of its log', async () => {
  const failing = component('echo no such option; exit 3', { ready: async () => false });
  await expect(ensureRunning(failing)).rejects.toThrow(/^test-component stopped while starting\.[\s\S]*no such option/);
});

test('a program that never serves is given up after its limit, with the place of its log', async () => {
  const silent = component('sleep 60', { ready: async () => false, limit: 300 });
  await expect(ensureRunning(silent)).rejects.toThrow(/^waited 0.3 s for test-component to serve \(log: .*test-component\.log\)$/);
});

test('a program that cannot be started is named', async () => {
  await expect(ensureRunning({ name: NAME, command: 'no-such-program', args: [] })).rejects.toThrow(
    /test-component could not be started: .*no-such-program/,
  );
});

test('a running program is kept; other arguments restart it', async () => {
  await ensureRunning(component('sleep 60'));
  const first = await readPid(NAME);
  await ensureRunning(component('sleep 60'));
  expect(await readPid(NAME)).toEqual(first);
  await ensureRunning(component('sleep 61'));
  expect((await readPid(NAME))?.pid).not.toBe(first?.pid);
  expect(first && isAlive(first)).toBe(false);
});

test('stop ends the children too, and one that ignores the polite signal', async () => {
  await ensureRunning(component('trap "" TERM; sleep 60 & sleep 60'));
  const started = await readPid(NAME);
  await stop(NAME, 200);
  expect(await run('ps', ['-o', 'pgid=,stat=', '-A'])).not.toMatch(new RegExp(`^ *${started?.pid} [^Z]`, 'm'));
});

test('another process with the number of an ended one is not taken for it', async () => {
  await savePid(NAME, process.pid, 'x');
  const own = await readPid(NAME);
  expect(own && isAlive(own)).toBe(true);
  expect(own && isAlive({ ...own, startTime: '1' })).toBe(false);
  expect(own && isAlive({ ...own, boot: 'another' })).toBe(false);
  await savePid(NAME, 2 ** 22 + 1, 'x');
});
