import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Log } from '../../../../../src/interfaces/log.ts';
import type { ImageRemoval } from '../../../../../src/interfaces/registry-provider.ts';
import { systemClock } from '../../../../../src/runtime/clock.ts';
import { UndiciHttp } from '../../../../../src/tools/http.ts';
import { registryAt } from '../../../../../src/tools/registries/registries.ts';
import type { Answer } from '../../../../support/github/answer.ts';
import { GitHubStandIn } from '../../../../support/github/server.ts';
import { failure } from '../../digitalocean/setup.ts';

const REPOSITORY = 'ghcr.io/acme/shop/web';
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
let standIn: GitHubStandIn;
let removal: ImageRemoval | undefined;

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.reset();
  const quiet = () => undefined;
  removal = registryAt('ghcr.io/acme', {
    http: new UndiciHttp(),
    clock: systemClock,
    log: { info: quiet, debug: quiet, warning: quiet } as unknown as Log,
    signal: new AbortController().signal,
    mask: quiet,
    variables: { GITHUB_API_URL: standIn.url },
    actor: 'octocat',
    githubToken: 'ghs',
    digitalOceanToken: '',
  }).removal();
});
/** Whatever a test does: requests and answers keep to GitHub's description. */
afterEach(() => expect(standIn.violations).toEqual([]));

const version = (id: number, letter: string, tags: readonly string[]) => ({
  id,
  name: digest(letter),
  url: `https://api.github.com/orgs/acme/packages/container/shop%2Fweb/versions/${id}`,
  package_html_url: 'https://github.com/orgs/acme/packages/container/shop%2Fweb',
  created_at: '2027-01-01T00:00:00Z',
  updated_at: '2027-01-01T00:00:00Z',
  metadata: { package_type: 'container', container: { tags: [...tags] } },
});
const missing: Answer = { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' } };
const ok = (body: object): Answer => ({ status: 200, body });
const seen = () => standIn.calls.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`);
const base = '/orgs/acme/packages/container/shop%2Fweb/versions';

describe('an image of GitHub’s registry', () => {
  test('goes as a version of its package, read again right before', async () => {
    standIn.next.push(ok([version(7, 'a', ['one']), version(8, 'b', ['two'])]), ok(version(8, 'b', ['two'])), { status: 204 });
    await removal?.remove(REPOSITORY, digest('b'), ['two']);
    expect(seen()).toEqual([`GET ${base}`, `GET ${base}/8`, `DELETE ${base}/8`]);
  });

  test('is looked for among a user’s packages where no organisation has it', async () => {
    standIn.next.push(missing, ok([version(7, 'a', ['one'])]), ok(version(7, 'a', ['one'])), { status: 204 });
    await removal?.remove(REPOSITORY, digest('a'), ['one']);
    expect(seen().at(-1)).toBe('DELETE /users/acme/packages/container/shop%2Fweb/versions/7');
  });

  test('stays where it has got another tag, or is another one', async () => {
    standIn.next.push(ok([version(7, 'a', ['one'])]), ok(version(7, 'a', ['one', 'latest'])));
    expect((await failure(removal?.remove(REPOSITORY, digest('a'), ['one']) ?? Promise.resolve())).message).toContain(
      'has got the tag latest',
    );
    standIn.next.push(ok(version(7, 'c', ['one'])));
    expect((await failure(removal?.remove(REPOSITORY, digest('a'), ['one']) ?? Promise.resolve())).message).toContain(digest('c'));
    expect(seen().filter((call) => call.startsWith('DELETE'))).toEqual([]);
  });

  test('that no list has, is not deleted by guess', async () => {
    standIn.next.push(ok([]));
    expect((await failure(removal?.remove(REPOSITORY, digest('a'), []) ?? Promise.resolve())).message).toContain('lists no version');
    expect(seen()).toHaveLength(1);
  });

  test('of a package that the token may not see says what is missing', async () => {
    standIn.next.push(missing, missing);
    expect((await failure(removal?.remove(REPOSITORY, digest('a'), []) ?? Promise.resolve())).hint).toContain('packages: write');
  });
});
