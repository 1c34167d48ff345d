import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readLimited } from '../../../../src/tools/trivy/output.ts';

test('what Trivy wrote is read up to a limit, which is named', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'trivy-')), 'report.json');
  writeFileSync(path, '{}');
  expect(await readLimited(path, 'the report on web (linux/amd64)')).toBe('{}');
  truncateSync(path, 129 * 1_048_576);
  await expect(readLimited(path, 'the report on web (linux/amd64)')).rejects.toThrow(
    'Trivy’s output is too large: the report on web (linux/amd64) has 129 MiB (allowed: 128)',
  );
});
