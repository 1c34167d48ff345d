import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../../../src/interfaces/clock.ts';
import type { Log } from '../../../../../src/interfaces/log.ts';
import type { DigitalOceanApi } from '../../../../../src/tools/digitalocean/api.ts';
import { deleteTag, dockerCredentials, repositoryTags } from '../../../../../src/tools/registries/docr/api.ts';
import { overLimit, requireRepositories, waitForGarbageCollection } from '../../../../../src/tools/registries/docr/push-gate.ts';
import { collection, tag } from '../../../../support/digitalocean/world.ts';
import { failure, withStandIn } from '../../digitalocean/setup.ts';

const HOST = 'registry.digitalocean.com';
const CREDENTIALS = /docker-credentials/;

/** Time that passes only where somebody waits for it. */
function timeless() {
  let now = 0;
  const said: string[] = [];
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const log = { info: (text: string) => said.push(text), debug: () => undefined } as unknown as Log;
  return { clock, log, said, now: () => now };
}

withStandIn('credentials of a registry', ({ standIn, api }) => {
  test.each([
    [{ write: false, expirySeconds: 0 }, '', 'reader', 'read-word'],
    [{ write: false, expirySeconds: 3600 }, '?expiry_seconds=3600', 'reader', 'read-word'],
    [{ write: true, expirySeconds: 3600 }, '?read_write=true&expiry_seconds=3600', 'writer', 'write-word'],
  ])('%j', async (want, query, username, password) => {
    expect(await dockerCredentials(api(), 'acme', HOST, want)).toEqual({ username, password });
    expect(standIn().seen.map(({ url }) => url)).toEqual([`/v2/registries/acme/docker-credentials${query}`]);
  });

  test('a missing scope is named', async () => {
    standIn().fail(CREDENTIALS, 403);
    const error = await failure(dockerCredentials(api(), 'acme', HOST, { write: true, expirySeconds: 60 }));
    expect(error.message).toContain('DigitalOcean answered 403 when asked for read and write credentials of the registry acme');
    expect(error.hint).toContain('the token needs the scopes registry:read and registry:update');
  });

  test('an answer without them', async () => {
    standIn().world.registryHost = 'other.example.com';
    const error = await failure(dockerCredentials(api(), 'acme', HOST, { write: false, expirySeconds: 0 }));
    expect(error.message).toBe('DigitalOcean gave no read credentials of the registry acme for registry.digitalocean.com');
  });
});

withStandIn('a garbage collection', ({ standIn, api }) => {
  const wait = (time: ReturnType<typeof timeless>, client: DigitalOceanApi, limitMs = 1_800_000) =>
    waitForGarbageCollection(client, 'acme', { ...time, limitMs, signal: new AbortController().signal });
  const acme = () => {
    const registry = standIn().world.registries.acme;
    if (!registry) throw new Error('no registry');
    return registry;
  };

  test('none: one question, nothing said', async () => {
    const time = timeless();
    await wait(time, api());
    expect([time.said, standIn().seen.length]).toEqual([[], 1]);
  });

  test.each(['succeeded', 'failed', 'cancelled'])('one that has %s is over', async (status) => {
    acme().collections = [collection(status)];
    const time = timeless();
    await wait(time, api());
    expect(time.now()).toBe(0);
  });

  test('one that runs is waited for, and both is said', async () => {
    acme().collections = [collection('requested'), collection('scanning manifests'), undefined];
    const time = timeless();
    await wait(time, api());
    expect(time.said).toEqual([
      'Waiting for the garbage collection of the registry acme (requested): no push is possible meanwhile. 30 min left',
      'The garbage collection of the registry acme is over',
    ]);
    expect(time.now()).toBe(25_000);
  });

  test('one that hangs ends in an error, with what to do', async () => {
    acme().collections = [collection('waiting for write JWTs to expire')];
    const time = timeless();
    const error = await failure(wait(time, api(), 600_000));
    expect(error.message).toBe(
      'Timed out after 600 s waiting for the garbage collection of the registry acme (waiting for write JWTs to expire): nothing can be pushed meanwhile',
    );
    expect(error.hint).toContain('doctl registry garbage-collection cancel eff0feee-49c7-4e8f-ba5c-a320c109c8a8');
    expect(time.now()).toBe(600_000);
    expect(time.said.length).toBeGreaterThan(2);
  });
});

withStandIn('the plan’s repositories', ({ standIn, api }) => {
  test('a push that fits', async () => {
    await requireRepositories(api(), 'acme', ['todo-frontend', 'team/worker']);
  });

  test('a push that does not', async () => {
    standIn().world.tier = { name: 'Starter', slug: 'starter', included_repositories: 1 };
    const error = await failure(requireRepositories(api(), 'acme', ['todo-frontend', 'team/worker']));
    expect(error.message).toBe(
      'The registry acme is on the plan Starter, which holds 1 repository, and has 2 (todo-frontend, todo-backend): this push would add team/worker',
    );
  });

  test('a plan without a limit asks no more', async () => {
    standIn().world.tier = { name: 'Professional', slug: 'professional', included_repositories: 0 };
    await requireRepositories(api(), 'acme', ['x']);
    expect(standIn().seen).toHaveLength(1);
  });
});

withStandIn('tags', ({ standIn, api }) => {
  test('all of them, of a repository with a slash in its name; removed ones are gone, and may be removed again', async () => {
    const repositories = standIn().world.registries.acme?.repositories ?? {};
    repositories['team/web'] = Array.from({ length: 230 }, (_, index) => tag('team/web', `v${index}`));
    expect(await repositoryTags(api(), 'acme', 'team/web')).toHaveLength(230);
    expect(standIn().seen[0]?.url).toBe('/v2/registries/acme/repositories/team%2Fweb/tags?per_page=200');
    await deleteTag(api(), 'acme', 'team/web', 'v7');
    standIn().fail(/tags\/v7/, 404);
    await deleteTag(api(), 'acme', 'team/web', 'v7');
    expect((await repositoryTags(api(), 'acme', 'team/web')).map(({ tag: name }) => name)).not.toContain('v7');
  });
});

describe('overLimit', () => {
  test.each([
    [5, ['a', 'b'], ['c'], false],
    [2, ['a', 'b'], ['a', 'b'], false],
    [2, ['a', 'b'], ['c'], true],
    [3, ['a', 'b'], ['c', 'c', 'a'], false],
    // More than the plan holds already: what is there may be pushed to.
    [1, ['a', 'b'], ['a'], false],
    [0, ['a'], ['b', 'c'], false],
  ])('%i of %j, push of %j: %s', (limit, existing, wanted, over) => {
    expect(overLimit({ name: 'x', included_repositories: limit }, existing, wanted) !== undefined).toBe(over);
  });
});
