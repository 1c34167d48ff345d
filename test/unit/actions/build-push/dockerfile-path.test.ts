import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pathInRepository } from '../../../../src/actions/build-push/dockerfile-path.ts';

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'dockerfile-path-'));
  for (const folder of ['plain', 'checked-out/.git', 'checked-out/backend']) mkdirSync(join(workspace, folder), { recursive: true });
});
afterAll(() => rmSync(workspace, { recursive: true }));

const workflowFile = '.github/workflows/deploy.yml';

test.each([
  ['plain/Dockerfile', 'plain/Dockerfile'],
  ['Dockerfile', 'Dockerfile'],
  ['checked-out/backend/Dockerfile', 'backend/Dockerfile'],
])('%s is %s in its repository', (path, expected) => {
  expect(pathInRepository(join(workspace, path), { workspace, workflowFile })).toBe(expected);
});

test('one outside of the workspace is in no repository: the workflow is shown', () => {
  expect(pathInRepository('/runner/temp/Dockerfile', { workspace, workflowFile })).toBe(workflowFile);
  expect(pathInRepository('/runner/temp/Dockerfile', { workspace, workflowFile: '' })).toBe('Dockerfile');
});
