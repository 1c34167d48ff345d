import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ActionResult } from '../../support/action.ts';
import { watchArguments } from '../../support/argv.ts';
import { leaks } from '../../support/canary.ts';

/** What looks for secrets has to find them. */
const SECRET = 'canary-5d41402abc4b2a76';
let tempDir: string;
beforeEach(() => {
  tempDir = mkdtempSync(join(tmpdir(), 'canary-'));
});
afterEach(() => rmSync(tempDir, { recursive: true }));

const result = (more: Partial<ActionResult> = {}): ActionResult => ({
  exitCode: 0,
  signal: undefined,
  log: [`::add-mask::${SECRET}`, 'hello ***'],
  stderr: [],
  outputs: {},
  state: {},
  summary: '',
  tempDir,
  ...more,
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each<[string, Partial<ActionResult>, number]>([
  ['nowhere', {}, 0],
  ['a line of the log', { log: [`error: ${SECRET}!`] }, 1],
  ['an output', { outputs: { url: `https://${SECRET}@example.com` } }, 1],
  ['the state', { state: { path: SECRET } }, 1],
  ['the summary', { summary: `| ${SECRET} |` }, 1],
  ['base64', { log: [base64(SECRET)] }, 1],
  ['base64 of more', { log: [base64(`u:${SECRET}`), base64(`ab${SECRET}cd`), base64(`abc${SECRET}`)] }, 3],
])('in %s', (_, more, count) => {
  expect(leaks(result(more), { secret: SECRET })).toHaveLength(count);
});

test('in a file that is left', () => {
  mkdirSync(join(tempDir, 'docker'));
  writeFileSync(join(tempDir, 'docker', 'config.json'), JSON.stringify({ auth: base64(`me:${SECRET}`) }));
  expect(leaks(result(), { secret: SECRET })).toEqual([`secret in ${join(tempDir, 'docker', 'config.json')}`]);
});

test('in the arguments of a program', async () => {
  const watch = watchArguments({ secret: SECRET });
  const child = spawn('sleep', ['1', `0.${'0'.repeat(3)}1`], { argv0: `sleep-${SECRET}` });
  await delay(400);
  child.kill();
  expect(watch.stop()).toHaveLength(1);
});
