import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { dockerConfig, readLogin, readRegistry } from '../../../src/actions/build-push/login.ts';
import { createContext } from '../../../src/runtime/action.ts';
import { Inputs } from '../../../src/runtime/inputs.ts';

const inputs = (values: Record<string, string>): Inputs =>
  new Inputs(Object.fromEntries(Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])));

describe('the input registry', () => {
  test.each([
    ['registry.digitalocean.com/acme', 'registry.digitalocean.com/acme'],
    ['ghcr.io/acme/shop/', 'ghcr.io/acme/shop'],
    ['localhost:5000', 'localhost:5000'],
    ['localhost/acme', 'localhost/acme'],
    ['10.1.2.3:5000/a', '10.1.2.3:5000/a'],
    ['[::1]:5000/a', '[::1]:5000/a'],
    ['docker.io/acme', 'docker.io/acme'],
  ])('%s', (value, expected) => {
    expect(readRegistry(inputs({ registry: value }))).toBe(expected);
  });

  test.each([
    ['acme'],
    ['acme/shop'],
    ['https://ghcr.io/acme'],
    ['ghcr.io/Acme'],
    ['ghcr.io/a b'],
    ['ghcr.io//a'],
    ['ghcr.io/a:latest'],
    ['-x.io/a'],
  ])('%s is refused', (value) => {
    expect(() => readRegistry(inputs({ registry: value }))).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});

describe('the login', () => {
  const from = (doToken?: string): { masked: string[]; from: Parameters<typeof readLogin>[2] } => {
    const masked: string[] = [];
    return { masked, from: { actor: 'octocat', doToken, mask: (secret) => masked.push(secret) } };
  };

  test.each([
    [{ username: 'me', password: 'secret' }, 'ghcr.io/acme', 'token', { username: 'me', password: 'secret' }],
    [{}, 'registry.digitalocean.com/acme', 'dop_v1', { username: 'dop_v1', password: 'dop_v1' }],
    [{}, 'registry.digitalocean.com/acme', undefined, undefined],
    [{ 'github-token': 'ghs' }, 'ghcr.io/acme', undefined, { username: 'octocat', password: 'ghs' }],
    [{ 'github-token': 'ghs' }, 'quay.io/acme', 'dop_v1', undefined],
    [{}, 'ghcr.io/acme', undefined, undefined],
  ])('%j at %s', (values, registry, doToken, expected) => {
    expect(readLogin(inputs(values as Record<string, string>), registry, from(doToken).from)).toEqual(expected);
  });

  test('the token is masked before it is used', () => {
    const { masked, from: source } = from('dop_v1');
    readLogin(inputs({}), 'registry.digitalocean.com/acme', source);
    expect(masked).toEqual(['dop_v1']);
  });
});

describe('the private docker configuration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'todo-deploy-login-'));
    mkdirSync(join(folder, 'own', 'cli-plugins'), { recursive: true });
    mkdirSync(join(folder, 'temp'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const context = (variables: Record<string, string> = {}): ReturnType<typeof createContext> =>
    createContext('test', new AbortController().signal, {
      DOCKER_CONFIG: join(folder, 'own'),
      RUNNER_TEMP: join(folder, 'temp'),
      ...variables,
    });
  const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));

  test('keeps other logins, leaves the own file alone, and is for this user only', () => {
    const own = JSON.stringify({ auths: { 'quay.io': { auth: 'eDp5' } }, proxies: {} });
    writeFileSync(join(folder, 'own', 'config.json'), own);
    const { folder: made, env } = dockerConfig('ghcr.io/acme', { username: 'me', password: 'secret' }, context());
    expect(read(made)).toEqual({
      auths: { 'quay.io': { auth: 'eDp5' }, 'ghcr.io': { auth: Buffer.from('me:secret').toString('base64') } },
      proxies: {},
    });
    expect([statSync(made).mode & 0o777, statSync(join(made, 'config.json')).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(join(folder, 'own', 'config.json'), 'utf8')).toBe(own);
    expect(readlinkSync(join(made, 'cli-plugins'))).toBe(join(folder, 'own', 'cli-plugins'));
    expect(env).toEqual({ DOCKER_CONFIG: made, BUILDX_CONFIG: join(folder, 'own', 'buildx') });
  });

  test('a credential helper does not win over the login', () => {
    writeFileSync(join(folder, 'own', 'config.json'), JSON.stringify({ credsStore: 'desktop', credHelpers: { 'gcr.io': 'gcloud' } }));
    const { folder: made } = dockerConfig('ghcr.io/acme', { username: 'me', password: 'secret' }, context());
    expect(read(made)).toMatchObject({ credsStore: 'desktop', credHelpers: { 'gcr.io': 'gcloud', 'ghcr.io': '' } });
  });

  test('the password is masked as it stands in the file', () => {
    const made = context();
    dockerConfig('ghcr.io/acme', { username: 'me', password: 'secret' }, made);
    expect(made.secrets.redact(`auth ${Buffer.from('me:secret').toString('base64')}`)).toBe('auth ***');
  });

  test('without a login the own configuration is used, and nothing is written', () => {
    const made = dockerConfig('ghcr.io/acme', undefined, context());
    expect(made).toEqual({ folder: join(folder, 'own'), env: {} });
    expect(existsSync(join(folder, 'own', 'config.json'))).toBe(false);
  });

  test("Docker Hub's login is kept under its old address", () => {
    const { folder: made } = dockerConfig('docker.io/acme', { username: 'me', password: 'secret' }, context());
    expect(Object.keys(read(made).auths as object)).toEqual(['https://index.docker.io/v1/']);
  });

  test('a broken file is named', () => {
    writeFileSync(join(folder, 'own', 'config.json'), '{');
    expect(() => dockerConfig('ghcr.io/acme', { username: 'me', password: 'secret' }, context())).toThrow('config.json is not JSON');
  });
});
