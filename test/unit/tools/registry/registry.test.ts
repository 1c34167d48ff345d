import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { isLoopback } from '../../../../src/interfaces/plain-http.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';
import { parseChallenge } from '../../../../src/tools/registry/challenge.ts';
import { DockerLogins } from '../../../../src/tools/registry/credentials.ts';
import { inWordsOf, registryError, waitOf, wordsOf } from '../../../../src/tools/registry/errors.ts';
import { checkReference, parseRepository } from '../../../../src/tools/registry/reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('names', () => {
  test.each([
    ['ghcr.io/acme/todo', { registry: 'ghcr.io', host: 'ghcr.io', path: 'acme/todo' }],
    ['localhost:5000/a', { registry: 'localhost:5000', host: 'localhost:5000', path: 'a' }],
    ['docker.io/node', { registry: 'docker.io', host: 'registry-1.docker.io', path: 'library/node' }],
    ['docker.io/acme/x__y', { registry: 'docker.io', host: 'registry-1.docker.io', path: 'acme/x__y' }],
  ])('%s', (repository, place) => {
    expect(parseRepository(repository)).toEqual(place);
  });

  test.each(['todo', 'ghcr.io/Acme/todo', 'ghcr.io/a/../b', 'ghcr.io/a:tag', 'https://ghcr.io/a', 'ghcr.io/a@sha256:b', 'ghcr.io/'])(
    '%s is none',
    (repository) => {
      expect(() => parseRepository(repository)).toThrow('is not a repository');
    },
  );

  test('references cannot leave their path', () => {
    expect(checkReference('v1.2')).toBe('v1.2');
    for (const wrong of ['../x', 'a/b', '', 'sha256:abc', '.a']) expect(() => checkReference(wrong)).toThrow('neither a tag nor a digest');
  });

  test('only this machine may go without TLS', () => {
    expect(['localhost:5000', '127.0.0.1', '[::1]:1', '10.0.0.1:5000', 'localhost.evil.com'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('challenges', () => {
  test.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a:pull,push"',
      'bearer',
      { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a:pull,push' },
    ],
    ['Basic realm="Registry Realm"', 'basic', { realm: 'Registry Realm' }],
    ['basic', 'basic', {}],
    ['Negotiate, Basic realm=x', 'basic', { realm: 'x' }],
  ])('%s', (header, scheme, parameters) => {
    expect(parseChallenge(header)).toEqual({ scheme, parameters });
  });

  test('that we cannot answer', () => {
    expect([parseChallenge(undefined), parseChallenge('Negotiate')]).toEqual([undefined, undefined]);
  });
});

describe('docker’s logins', () => {
  const masked: string[] = [];
  const logins = (config: object, env: Record<string, string> = {}) => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    return new DockerLogins({
      runner: new NodeProcessRunner({ env: { ...process.env, ...env } }),
      folder,
      mask: (secret) => masked.push(secret),
    });
  };

  test('of the file, Docker Hub under its old address', async () => {
    const auths = {
      'ghcr.io': { auth: btoa('a:b:c') },
      'https://index.docker.io/v1/': { username: 'u', password: 'p' },
      'x.io': { identitytoken: 't' },
    };
    const found = logins({ auths });
    expect(await found.find('ghcr.io')).toEqual({ username: 'a', password: 'b:c' });
    expect(await found.find('docker.io')).toEqual({ username: 'u', password: 'p' });
    expect(await found.find('x.io')).toEqual({ username: '<token>', password: 't' });
    expect(await found.find('other.io')).toBeUndefined();
    expect(masked).toEqual(['b:c', 'p', 't']);
  });

  test('of a credential helper, which wins where it has something', async () => {
    const helper = join(folder, 'docker-credential-test');
    writeFileSync(helper, '#!/bin/sh\nread -r host\n[ "$host" = ghcr.io ] || exit 1\necho \'{"Username":"h","Secret":"s"}\'\n', {
      mode: 0o755,
    });
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const found = logins({ credsStore: 'test', auths: { 'b.io': { auth: btoa('a:b') } } }, env);
    expect(await found.find('ghcr.io')).toEqual({ username: 'h', password: 's' });
    expect(await found.find('b.io')).toEqual({ username: 'a', password: 'b' });
    expect(await logins({ credHelpers: { 'ghcr.io': 'test' } }, env).find('ghcr.io')).toEqual({ username: 'h', password: 's' });
    await expect(logins({ credsStore: '../evil' }).find('a.io')).rejects.toThrow('credential helper');
  });

  test('none at all', async () => {
    expect(await new DockerLogins({ runner: new NodeProcessRunner(), folder: '/no/such/folder' }).find('a.io')).toBeUndefined();
  });
});

describe('errors', () => {
  test('carry the registry’s code, its words and a hint', () => {
    const body = '{"errors":[{"code":"DENIED","message":"requested access is denied"}]}';
    expect(registryError('pushing to x', 403, body)).toMatchObject({
      status: 403,
      code: 'DENIED',
      message: 'pushing to x: the registry answered 403 DENIED (requested access is denied)',
      hint: expect.stringContaining('permission to push'),
    });
    expect(registryError('x', 401, '<html>')).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(registryError('x', 429, '', '2')).toMatchObject({ code: 'TOOMANYREQUESTS', retryAfterMs: 2000 });
  });

  test('a wait is seconds or a date, and is said where it is long', () => {
    const now = Date.parse('Sun, 29 Nov 2026 02:00:00 GMT');
    expect([waitOf('2', now), waitOf('Sun, 29 Nov 2026 02:00:30 GMT', now), waitOf('soon', now)]).toEqual([2000, 30_000, undefined]);
    expect(waitOf('Sun, 29 Nov 2026 01:00:00 GMT', now)).toBe(0);
    expect(registryError('x', 429, '', '3600')).toMatchObject({
      message: 'x: the registry answered 429 TOOMANYREQUESTS, and asks to wait 60 min',
      retryAfterMs: 3_600_000,
    });
    expect(registryError('x', 503, '<html>')).toMatchObject({ hint: expect.stringContaining('out of order') });
    expect(registryError('x', 413, '<html>')).toMatchObject({ hint: expect.stringContaining('client_max_body_size') });
  });

  test('are told in a registry’s own words where it has some', () => {
    const denied = registryError('pushing to x', 403, '{"errors":[{"code":"DENIED","message":"no"}]}');
    expect(inWordsOf(denied, ({ status }) => `do this about ${status}`)).toMatchObject({
      message: denied.message,
      status: 403,
      code: 'DENIED',
      hint: 'do this about 403',
    });
    expect(inWordsOf(denied, () => undefined)).toBe(denied);
    // What is repeated keeps what it is repeated by.
    const limited = registryError('x', 429, '', '2');
    expect(inWordsOf(limited, () => 'wait')).toBe(limited);
    const other = new TypeError('x');
    expect(inWordsOf(other, () => 'never')).toBe(other);
  });

  test.each([
    ['{"errors":[{"code":"DENIED","message":"no"}]}', { code: 'DENIED', message: 'no' }],
    ['{"errors":[]}', undefined],
    ['{"token":""}', undefined],
    ['<html>', undefined],
    ['null', undefined],
  ])('%s says %j', (body, expected) => {
    expect(wordsOf(body)).toEqual(expected);
  });
});
