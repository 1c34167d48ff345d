import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { appVersion } from '../server/version.ts';

test('the environment names the version, then the file, then nobody', () => {
  const directory = mkdtempSync(join(tmpdir(), 'version-'));
  assert.equal(appVersion({}, directory), 'dev');
  writeFileSync(join(directory, 'VERSION'), '2.1.0\n');
  assert.equal(appVersion({}, directory), '2.1.0');
  assert.equal(appVersion({ APP_VERSION: '' }, directory), '2.1.0');
  assert.equal(appVersion({ APP_VERSION: 'abc' }, directory), 'abc');
});
