import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { dockerConfig, readLogin, readRegistry, replaceLogin } from '../../../../src/actions/build-push/login.ts';
import { createContext } from '../../../../src/runtime/action.ts';
import { Inputs } from '../../../../src/runtime/inputs.ts';

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

  test("an organization's capitals are lowered, and it is said", () => {
    const said: string[] = [];
    expect(readRegistry(inputs({ registry: 'ghcr.io/MyOrg/Shop' }), (line) => said.push(line))).toBe('ghcr.io/myorg/shop');
    expect(said).toEqual(['Registries take lower case only: "ghcr.io/MyOrg/Shop" is read as ghcr.io/myorg/shop']);
  });

  test.each([['acme'], ['acme/shop'], ['https://ghcr.io/acme'], ['ghcr.io/a b'], ['ghcr.io//a'], ['ghcr.io/a:latest'], ['-x.io/a']])(
    '%s is refused',
    (value) => {
      expect(() => readRegistry(inputs({ registry: value }))).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
    },
  );
});

describe('the login', () => {
  test.each<[Record<string, string>, object | undefined]>([
    [
      { username: 'me', password: 'secret' },
      { username: 'me', password: 'secret' },
    ],
    [{}, undefined],
    [{ 'github-token': 'ghs' }, undefined],
  ])('%j', (values, expected) => {
    expect(readLogin(inputs(values))).toEqual(expected);
  });

  test.each<[Record<string, string>, string]>([
    [{ username: 'me' }, 'Input "username" is set, but "password" is not'],
    [{ password: 'secret' }, 'Input "password" is set, but "username" is not'],
  ])('%j is half of one', (values, message) => {
    expect(() => readLogin(inputs(values))).toThrow(message);
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

  test('another login takes the place of the first, and leaves the others', () => {
    writeFileSync(join(folder, 'own', 'config.json'), JSON.stringify({ auths: { 'quay.io': { auth: 'eDp5' } } }));
    const made = context();
    const docker = dockerConfig('registry.digitalocean.com/acme', { username: 'r', password: 'read' }, made);
    replaceLogin(docker, 'registry.digitalocean.com/acme', { username: 'w', password: 'write-word' }, made.mask);
    const auth = Buffer.from('w:write-word').toString('base64');
    expect(read(docker.folder).auths).toEqual({ 'quay.io': { auth: 'eDp5' }, 'registry.digitalocean.com': { auth } });
    expect([statSync(join(docker.folder, 'config.json')).mode & 0o777, made.secrets.redact(auth)]).toEqual([0o600, '***']);
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
