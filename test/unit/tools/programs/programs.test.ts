import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ToolError } from '../../../../src/interfaces/errors.ts';
import { renderError } from '../../../../src/runtime/errors.ts';
import { State } from '../../../../src/runtime/state.ts';
import { TempFiles } from '../../../../src/runtime/temp.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';
import { fetchProgram } from '../../../../src/tools/programs/fetch.ts';
import { findProgram } from '../../../../src/tools/programs/find.ts';
import { knownBad } from '../../../../src/tools/programs/known-bad.ts';
import { HELM, type ProgramPin, TRIVY } from '../../../../src/tools/programs/pins.ts';
import { findTrivy } from '../../../../src/tools/trivy/find.ts';
import { logBy } from '../../../support/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const lines: string[] = [];
const note = (message: string) => void lines.push(message);
const log = logBy(note);
const tools = { runner: new NodeProcessRunner(), files: new TempFiles(join(folder, 'temp'), new State({})) };
let server: Server;
let downloads = 0;
let pin: ProgramPin;
let env: Record<string, string>;

beforeAll(async () => {
  mkdirSync(join(folder, 'linux-x'));
  writeFileSync(join(folder, 'linux-x', 'tool'), '#!/bin/sh\necho v2.5.0\n', { mode: 0o755 });
  execFileSync('tar', ['-czf', join(folder, 'tool.tar.gz'), '-C', folder, 'linux-x']);
  const archive = readFileSync(join(folder, 'tool.tar.gz'));
  server = createServer((request, response) => {
    downloads += 1;
    if (request.url === '/good/tool.tar.gz') response.end(archive);
    else if (request.url === '/changed/tool.tar.gz') response.end(Buffer.concat([archive, Buffer.of(0)]));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sha256 = createHash('sha256').update(archive).digest('hex');
  pin = {
    name: 'tool',
    version: '2.5.0',
    baseUrl: `${baseUrl}/good`,
    mirrorVariable: 'MIRROR',
    archives: { here: { file: 'tool.tar.gz', sha256, folder: 'linux-x' } },
  };
  env = { RUNNER_TOOL_CACHE: join(folder, 'cache'), RUNNER_TEMP: join(folder, 'temp'), PATH: process.env.PATH ?? '' };
  // The tool cache reads them itself.
  Object.assign(process.env, { RUNNER_TOOL_CACHE: env.RUNNER_TOOL_CACHE, RUNNER_TEMP: env.RUNNER_TEMP });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a program that the runner does not have', () => {
  test('is refused where its content is not the pinned one', async () => {
    const mirror = `${pin.baseUrl.replace('/good', '/changed')}`;
    await expect(fetchProgram(pin, { ...tools, env: { ...env, MIRROR: mirror }, log, platform: 'here' })).rejects.toThrow(
      /has the SHA-256 [0-9a-f]{64}, expected .*: it is not used/,
    );
  });

  test('is downloaded once, then taken from the tool cache', async () => {
    downloads = 0;
    const path = await fetchProgram(pin, { ...tools, env, log, platform: 'here' });
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('v2.5.0\n');
    const again = await fetchProgram(pin, { ...tools, env, log, platform: 'here' });
    expect(execFileSync(again, { encoding: 'utf8' })).toBe('v2.5.0\n');
    expect(downloads).toBe(1);
  });

  test('is not taken from a tool cache that was changed since', async () => {
    const [kept = ''] = globSync('todo-deploy-tool-archive/2.5.0/*/tool.tar.gz', { cwd: join(folder, 'cache') });
    appendFileSync(join(folder, 'cache', kept), 'x');
    const path = await fetchProgram(pin, { ...tools, env, log, platform: 'here' });
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('v2.5.0\n');
    expect(lines.at(-2)).toMatch(/tool\.tar\.gz has changed since it was downloaded: .* It is not used, and replaced/);
    downloads = 0;
    await fetchProgram(pin, { ...tools, env, log, platform: 'here' });
    expect(downloads).toBe(0);
  });

  test('is named without the credentials of its mirror', async () => {
    for (const place of ['changed', 'none']) {
      const mirror = `${pin.baseUrl.replace('/good', `/${place}`).replace('http://', 'http://robot:hidden-word@')}`;
      const another = { ...pin, version: `3.0.${place.length}` };
      const failure = fetchProgram(another, { ...tools, env: { ...env, MIRROR: mirror }, log, platform: 'here' });
      const error = await failure.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ToolError);
      expect(JSON.stringify(renderError('build-push', error))).not.toMatch(/hidden-word/);
    }
  }, 120_000);

  test('and cannot be had is said so, with what to do', async () => {
    await expect(fetchProgram(pin, { ...tools, env, log, platform: 'plan9-mips' })).rejects.toMatchObject({
      hint: 'install tool 2.5.0 or newer on the runner',
    });
    await expect(fetchProgram(pin, { ...tools, env: {}, log, platform: 'here' })).rejects.toThrow('tool was not found');
    const missing = { ...pin, version: '9.9.9', baseUrl: `${pin.baseUrl}/none` };
    await expect(fetchProgram(missing, { ...tools, env, log, platform: 'here' })).rejects.toMatchObject({
      hint: expect.stringContaining('MIRROR'),
    });
    await expect(fetchProgram(missing, { ...tools, env: { ...env, MIRROR: 'ftp://x' }, log, platform: 'here' })).rejects.toThrow(
      'MIRROR is "ftp://x"',
    );
  }, 60_000);
});

describe('a program of PATH', () => {
  const find = (version: string, more: Partial<ProgramPin> = {}) => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, more.name ?? 'tool'), `#!/bin/sh\necho 'tool version ${version}'\n`);
    chmodSync(join(bin, more.name ?? 'tool'), 0o755);
    const own = { ...env, PATH: `${bin}:${process.env.PATH}` };
    const runner = new NodeProcessRunner({ env: own });
    return findProgram({ ...pin, ...more }, ['--version'], '2.4.0', { ...tools, env: own, log, platform: 'here', runner });
  };

  test('is used when it is new enough', async () => {
    expect(await find('v2.4.0')).toBe('tool');
    expect(await find('3.0.1')).toBe('tool');
  });

  test('is passed over, with a word, when it is not', async () => {
    expect(await find('v2.3.9')).toMatch(/temp\/todo-deploy-\w+-tool\/linux-x\/tool$/);
    expect(lines).toContain('tool 2.3.9 is older than 2.4.0: it is not used');
  });

  test.each([
    ['v2.10.0', true],
    ['1.99.0', false],
    ['10.0.0', true],
    ['v2.4.0-rc.1', true],
    ['v2.4.1+g12', true],
  ])('%s is new enough: %s', async (version, isNew) => expect((await find(version)) === 'tool').toBe(isNew));
});

test('a version that attackers published is never used, on PATH or from the cache', async () => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, 'trivy'), "#!/bin/sh\necho 'Version: 0.69.5'\n", { mode: 0o755 });
  const own = { ...env, PATH: `${bin}:${process.env.PATH}` };
  const options = { ...tools, env: own, log, platform: 'here', runner: new NodeProcessRunner({ env: own }) };
  await expect(findTrivy(options)).rejects.toThrow(
    'The trivy on PATH is 0.69.5, which was published by attackers in March 2026 and steals what a runner holds (CVE-2026-33634',
  );
  await expect(findTrivy(options)).rejects.toMatchObject({ hint: expect.stringContaining('renew every secret') });
  await expect(fetchProgram({ ...pin, name: 'trivy', version: '0.69.4' }, options)).rejects.toThrow(
    'trivy 0.69.4 was published by attackers',
  );
  expect(['0.69.3', '0.69.4', '0.69.6', '0.69.7', '0.70.0'].map((version) => knownBad('trivy', version) !== undefined)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('every pin has a digest of its own for four platforms', () => {
  for (const { archives } of [HELM, TRIVY]) {
    expect(Object.keys(archives).sort()).toEqual(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
    const digests = Object.values(archives).map(({ sha256 }) => sha256);
    expect(new Set(digests).size).toBe(4);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  }
});
