import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readChart } from '../../../../src/actions/shared/chart.ts';
import { Paths } from '../../../../src/actions/shared/paths.ts';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';

let workspace: string;
const deep = `a/${'very-long-name/'.repeat(10)}x.yaml`;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'packed-'));
  mkdirSync(join(workspace, 'web', 'charts', 'db', deep, '..'), { recursive: true });
  writeFileSync(join(workspace, 'web', 'charts', 'db', deep), 'a: 1');
  writeFileSync(join(workspace, 'web', 'charts', 'db', 'Chart.yaml'), 'name: db\nversion: 1.0.0');
  writeFileSync(join(workspace, 'web', 'Chart.yaml'), 'apiVersion: v2\nname: web-app\nversion: 1.0.0');
  // The subchart's comes first.
  const pack = (name: string, ...args: string[]) => execFileSync('tar', ['-czf', name, ...args], { cwd: workspace });
  pack('gnu.tgz', '--format=gnu', 'web/charts', 'web/Chart.yaml');
  pack('pax.tgz', '--format=posix', 'web/charts', 'web/Chart.yaml');
  pack('ustar.tar.gz', '--format=ustar', './web/Chart.yaml');
  pack('none.tgz', 'web/charts');
  writeFileSync(join(workspace, 'text.tgz'), 'not compressed');
  writeFileSync(join(workspace, 'noise.tgz'), gzipSync('no archive '.repeat(100)));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const read = (value: string) => readChart(value, new Paths({ workspace, tempDir: join(workspace, 'tmp'), isWorkspaceKnown: true }));

describe('a packed chart', () => {
  test.each(['gnu.tgz', 'pax.tgz', 'ustar.tar.gz'])('%s: its own name, not a subchart’s', (file) => {
    expect(read(file)).toEqual({ reference: join(workspace, file), name: 'web-app' });
  });

  test.each([
    ['none.tgz', 'it has no Chart.yaml'],
    ['text.tgz', 'it cannot be unpacked'],
    ['noise.tgz', 'it is not a tar archive, or it is cut off'],
    ['missing.tgz', 'which is not a file'],
    ['../other.tgz', 'outside of the workspace'],
  ])('%s is refused: %s', (file, why) => {
    expect(() => read(file)).toThrow(ConfigurationError);
    expect(() => read(file)).toThrow(why);
  });
});

test('a folder and a reference are what they were', () => {
  expect(read('web')).toEqual({ reference: join(workspace, 'web'), name: 'web-app' });
  expect(read('oci://r.example.com/charts/web')).toEqual({ reference: 'oci://r.example.com/charts/web', name: 'web' });
});
