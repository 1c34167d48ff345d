import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';

test('the tests of the example’s backend pass, with a real PostgreSQL', async () => {
  const backend = join(ROOT, 'examples/todo/backend');
  const { stderr } = await new NodeProcessRunner({ env: process.env }).run({
    command: ['docker', 'buildx', 'build', '--progress=plain', '--no-cache-filter=tests', `--file=${backend}/tests/Dockerfile`, backend],
    env: clusterEnvironment().env,
    timeoutMs: 300_000,
  });
  const [said] = /=+ .* in [\d.]+s (?:\([\d:]+\) )?=+/.exec(stderr) ?? [];
  // None is skipped, as they are where PostgreSQL is missing.
  expect(said).toMatch(/^=+ [1-9]\d* passed in /);
}, 300_000);
