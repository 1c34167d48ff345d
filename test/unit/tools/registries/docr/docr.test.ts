import { expect, test } from '@jest/globals';
import type { Log } from '../../../../../src/interfaces/log.ts';
import type { ProviderContext } from '../../../../../src/interfaces/registry-provider.ts';
import { systemClock } from '../../../../../src/runtime/clock.ts';
import { UndiciHttp } from '../../../../../src/tools/http.ts';
import { registryAt } from '../../../../../src/tools/registries/registries.ts';
import { collection } from '../../../../support/digitalocean/world.ts';
import { failure, TOKEN, withStandIn } from '../../digitalocean/setup.ts';

const PREFIX = 'registry.digitalocean.com/acme';
const CREDENTIALS = '/v2/registries/acme/docker-credentials';
const PUSH = { repositories: ['acme/todo-frontend', 'acme/team/web'], limitMs: 60_000, lifetimeMs: 3_600_000 };

withStandIn('DigitalOcean’s registry', ({ standIn }) => {
  function open(digitalOceanToken = TOKEN) {
    const masked: string[] = [];
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const context: ProviderContext = {
      http: new UndiciHttp(),
      clock: { ...systemClock, sleep: async () => undefined },
      log: { info: say, warning: say } as unknown as Log,
      signal: new AbortController().signal,
      mask: (secret) => void masked.push(secret),
      variables: { DIGITALOCEAN_API_URL: standIn().url },
      actor: 'octocat',
      githubToken: 'ghs',
      digitalOceanToken,
    };
    return { registry: registryAt(PREFIX, context), masked, said };
  }
  const asked = () => standIn().seen.map(({ url }) => url);

  test('gives a login to read that ends, masked', async () => {
    const { registry, masked } = open();
    expect(await registry.login(3_599_001)).toEqual({ username: 'reader', password: 'read-word' });
    expect(asked()).toEqual([`${CREDENTIALS}?expiry_seconds=3600`]);
    expect(masked).toEqual(['read-word', Buffer.from('reader:read-word').toString('base64')]);
  });

  test('is asked for the right to write last: after a garbage collection, and after the plan', async () => {
    const acme = standIn().world.registries.acme;
    if (acme) acme.collections = [collection('requested'), undefined];
    const { registry, said } = open();
    expect(await registry.beforePush(PUSH)).toEqual({ username: 'writer', password: 'write-word' });
    expect(asked().map((url) => url.replace(/\?per_page.*/, ''))).toEqual([
      '/v2/registries/acme/garbage-collection',
      '/v2/registries/acme/garbage-collection',
      '/v2/registries/subscription',
      '/v2/registries/acme/repositoriesV2',
      `${CREDENTIALS}?read_write=true&expiry_seconds=3600`,
    ]);
    expect(said.at(-1)).toBe(`Logged in to ${PREFIX} for the push`);
  });

  test('whose plan has no room is not asked for the right to write', async () => {
    standIn().world.tier = { name: 'Starter', slug: 'starter', included_repositories: 2 };
    const error = await failure(open().registry.beforePush(PUSH));
    // Names are those below the registry's own.
    expect(error.message).toContain('(todo-frontend, todo-backend): this push would add team/web');
    expect(asked().filter((url) => url.startsWith(CREDENTIALS))).toEqual([]);
  });

  test('whose plan cannot be read is pushed to, and that is said', async () => {
    standIn().fail(/subscription/, 403);
    const { registry, said } = open();
    expect(await registry.beforePush(PUSH)).toMatchObject({ username: 'writer' });
    expect(said[0]).toContain('Could not find out whether the plan of acme has room for these repositories: DigitalOcean answered 403');
  });

  test('gives a pull Secret’s credentials that do not end, asked for once', async () => {
    const secret = open().registry.pullSecret();
    expect(asked()).toEqual([]);
    expect(await Promise.all([secret?.credentials(), secret?.credentials()])).toEqual([
      { username: 'reader', password: 'read-word' },
      { username: 'reader', password: 'read-word' },
    ]);
    expect(asked()).toEqual([CREDENTIALS]);
  });

  test('without a token is like any other', async () => {
    const { registry } = open('');
    expect([await registry.login(1000), await registry.beforePush(PUSH), registry.pullSecret()]).toEqual([undefined, undefined, undefined]);
    expect(asked()).toEqual([]);
  });
});

withStandIn('Images that go from DigitalOcean’s registry', ({ standIn }) => {
  const context = (): ProviderContext => ({
    http: new UndiciHttp(),
    clock: systemClock,
    log: {} as Log,
    signal: new AbortController().signal,
    mask: () => undefined,
    variables: { DIGITALOCEAN_API_URL: standIn().url },
    actor: 'octocat',
    githubToken: '',
    digitalOceanToken: TOKEN,
  });
  const digest = `sha256:${'c'.repeat(64)}`;
  const seen = () => standIn().seen.map(({ method, url }) => `${method} ${decodeURIComponent(url)}`);

  test('go tag by tag, then by digest; the space is asked for afterwards, once', async () => {
    const removal = registryAt(PREFIX, context()).removal();
    await removal?.remove(`${PREFIX}/team/web`, digest, ['one', 'two']);
    expect(await removal?.collect?.()).toMatch(/asked for: nothing can be pushed/);
    expect(await removal?.collect?.()).toMatch(/runs already \(requested\)/);
    const path = '/v2/registries/acme/repositories/team/web';
    expect(seen()).toEqual([
      `DELETE ${path}/tags/one`,
      `DELETE ${path}/tags/two`,
      `DELETE ${path}/digests/${digest}`,
      'GET /v2/registries/acme/garbage-collection',
      'POST /v2/registries/acme/garbage-collection',
      'GET /v2/registries/acme/garbage-collection',
    ]);
  });

  test('are gone where they were gone already; a refusal names the scope', async () => {
    const removal = registryAt(PREFIX, context()).removal();
    standIn().fail(/tags/, 404);
    await removal?.remove(`${PREFIX}/nowhere`, digest, ['one']);
    standIn().fail(/digests/, 403);
    const error = await failure(removal?.remove(`${PREFIX}/todo-frontend`, digest, []) ?? Promise.resolve());
    expect(error.hint).toContain('registry:delete');
  });
});
