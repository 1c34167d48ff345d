import { describe, expect, test } from '@jest/globals';
import { providerContext } from '../../../../src/actions/shared/registries.ts';
import { createContext } from '../../../../src/runtime/action.ts';
import { docrOf } from '../../../../src/tools/registries/docr/place.ts';
import { registryAt } from '../../../../src/tools/registries/registries.ts';

/** No registry here is asked for anything: what a provider says without that. */
const contextWith = (tokens: { digitalOceanToken?: string; githubToken?: string } = {}, variables: Record<string, string> = {}) =>
  providerContext(createContext('test', new AbortController().signal, { GITHUB_ACTOR: 'octocat', ...variables }), {
    digitalOceanToken: '',
    ...tokens,
  });

describe('a login by the job’s token', () => {
  test.each([
    ['ghcr.io/acme', 'ghs', { username: 'octocat', password: 'ghs' }],
    ['ghcr.io/acme/shop/api', 'ghs', { username: 'octocat', password: 'ghs' }],
    ['ghcr.io', 'ghs', { username: 'octocat', password: 'ghs' }],
    ['ghcr.io/acme', '', undefined],
    ['quay.io/acme', 'ghs', undefined],
    ['ghcr.io.example.com/acme', 'ghs', undefined],
    ['example.com/ghcr.io/acme', 'ghs', undefined],
    ['acme/api', 'ghs', undefined],
    ['registry.digitalocean.com/acme', 'ghs', undefined],
  ])('at %s, token "%s": %j', async (name, githubToken, expected) => {
    expect(await registryAt(name, contextWith({ githubToken })).login(1000)).toEqual(expected);
  });

  test('is the one to write, too, and makes no pull Secret: it ends with the job', async () => {
    const registry = registryAt('ghcr.io/acme', contextWith({ githubToken: 'ghs' }));
    expect(await registry.beforePush({ repositories: ['acme/api'], limitMs: 1000, lifetimeMs: 1000 })).toBeUndefined();
    expect(registry.pullSecret()).toBeUndefined();
  });
});

describe('a registry of DigitalOcean', () => {
  test.each([
    ['registry.digitalocean.com/acme', 'acme'],
    ['registry.digitalocean.com/acme/team/web', 'acme'],
    ['registry.digitalocean.com.example.com/acme', undefined],
    ['ghcr.io/acme', undefined],
  ])('%s keeps a pull Secret of %s', (name, expected) => {
    const secret = registryAt(name, contextWith({ digitalOceanToken: 'token' })).pullSecret();
    expect(secret?.registry).toBe(expected);
    expect(secret?.name).toBe(expected && `todo-deploy-docr-${expected}`);
  });

  test('another host may stand for it', () => {
    const context = contextWith({ digitalOceanToken: 'token' }, { TODO_DEPLOY_DOCR_HOST: 'localhost:5000' });
    expect(registryAt('localhost:5000/acme', context).pullSecret()?.host).toBe('localhost:5000');
    expect(registryAt('registry.digitalocean.com/acme', context).pullSecret()).toBeUndefined();
  });

  test.each(['', 'Acme', 'a_b'])('without a name there is none: "%s"', (path) => {
    const place = { host: 'registry.digitalocean.com', path };
    expect(() => docrOf(place, { digitalOceanToken: 'token' })).toThrow('names no registry at DigitalOcean');
    expect(docrOf(place, { digitalOceanToken: '' })).toBeUndefined();
  });

  test.each([
    ['no token', '', 401, 'pushing to x: the registry answered 401 UNAUTHORIZED', 'set env DIGITALOCEAN_ACCESS_TOKEN'],
    ['a token that gives no access', 'token', 401, 'pushing to x: the registry answered 401 UNAUTHORIZED', undefined],
    ['a full plan', 'token', 403, 'The token service answered 403 (registry contains 1 repositories, limit is 1)', 'change the plan'],
    ['another refusal', 'token', 403, 'pushing to x: the registry answered 403 DENIED', undefined],
  ])('%s', (_, digitalOceanToken, status, message, hint) => {
    const said = registryAt('registry.digitalocean.com/acme', contextWith({ digitalOceanToken })).errors({
      action: 'push',
      status,
      message,
    });
    if (hint === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(hint);
  });
});

test('the right to write comes late at DigitalOcean’s alone', () => {
  const later = (name: string): boolean => registryAt(name, contextWith({ digitalOceanToken: 'token', githubToken: 'ghs' })).opensLater;
  expect(['registry.digitalocean.com/acme', 'ghcr.io/acme', 'docker.io/acme', 'quay.io/acme'].map(later)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe('what registries say, at any address', () => {
  test.each([
    [404, "(The repository with name 'a/b' does not exist in the registry with id '1')", 'aws ecr create-repository --repository-name a/b'],
    [400, '(… because the tag is immutable.)', '"tags: sha"'],
    [412, "(Failed to process request due to 'one:main' configured as immutable.)", '"tags: sha"'],
    [403, '(adding 1 MiB of storage resource, which … will exceed the configured upper limit of 1 GiB.)', 'Project Quotas'],
    [403, '(permission_denied: write_package)', 'packages: write'],
    [404, 'NOT_FOUND (project acme not found)', 'project to be created first'],
    [405, 'UNSUPPORTED', 'read-only'],
  ])('%i %s', (status, said, hint) => {
    const message = `pushing to 127.0.0.1:5000/a: the registry answered ${status} ${said}`;
    expect(registryAt('127.0.0.1:5000/acme', contextWith()).errors({ action: 'push', status, message })).toContain(hint);
  });

  test('nothing about what needs no word', () => {
    expect(
      registryAt('127.0.0.1:5000/acme', contextWith()).errors({ action: 'push', status: 403, message: 'the registry answered 403' }),
    ).toBeUndefined();
  });
});

describe('what GitHub’s registry means by', () => {
  const hint = (action: 'pull' | 'push', status: number, said: string) =>
    registryAt('ghcr.io/acme', contextWith()).errors({
      action,
      status,
      message: `pushing to ghcr.io/acme/api: the registry answered ${status} DENIED (${said})`,
    });

  test.each([
    ['permission_denied: write_package', 'Manage Actions access", and add this repository with the role Write'],
    ['installation not allowed to Write organization package', 'Manage Actions access", and add this repository with the role Write'],
    ['installation not allowed to Create organization package', '"Package creation"'],
    ['requested access to the resource is denied', 'Manage Actions access'],
  ])('a push: %s', (said, words) => {
    expect(hint('push', 403, said)).toContain('the job needs `permissions: {contents: read, packages: write}`. If it has that, ');
    expect(hint('push', 403, said)).toContain(words);
  });

  test('a personal token without the scope', () => {
    const said = 'permission_denied: The token provided does not match expected scopes.';
    expect(hint('push', 403, said)).toBe('a personal token (classic) needs the scope write:packages');
    expect(hint('pull', 403, said)).toBe('a personal token (classic) needs the scope read:packages');
  });

  test('a read that is refused', () => {
    expect(hint('pull', 403, 'denied')).toContain(
      '`permissions: {packages: read}`, or `write` for a push. If it has that, the package is private',
    );
  });

  test.each([401, 404, 429, 500])('%i is as anywhere', (status) => {
    expect(hint('push', status, 'unauthorized')).toBeUndefined();
  });

  test('another registry has none of these words', () => {
    expect(registryAt('quay.io/acme', contextWith()).errors({ action: 'push', status: 403, message: 'denied' })).toBeUndefined();
  });
});

describe('Docker Hub', () => {
  const hint = (name: string, action: 'pull' | 'push', status: number) =>
    registryAt(name, contextWith()).errors({ action, status, message: '' });

  test.each(['docker.io/acme', 'index.docker.io/acme', 'docker.io', 'acme/api'])('%s: a push that is refused', (name) => {
    for (const status of [401, 403]) expect(hint(name, 'push', status)).toContain('an access token needs "Read & Write"');
  });

  test.each<['pull' | 'push', number]>([
    ['pull', 401],
    ['pull', 403],
    ['push', 429],
    ['push', 500],
  ])('%s, %i is as anywhere', (action, status) => {
    expect(hint('docker.io/acme', action, status)).toBeUndefined();
  });

  test('is not every host that has its name', () => {
    expect(hint('docker.io.example.com/acme', 'push', 401)).toBeUndefined();
  });
});
