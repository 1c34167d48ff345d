import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const cache = mkdtempSync(join(tmpdir(), 'todo-deploy-cache-'));
afterAll(() => rmSync(cache, { recursive: true }));

test('both nodes and the registry, asking at the same time at a first start, get one password', async () => {
  process.env.TODO_DEPLOY_CACHE = cache;
  const { registryPassword } = await import('../../../cluster/registry.ts');
  const given = await Promise.all([registryPassword(), registryPassword(), registryPassword()]);
  expect(new Set(given).size).toBe(1);
});
