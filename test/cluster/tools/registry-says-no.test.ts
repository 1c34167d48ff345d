import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LayoutFiles } from '../../../src/actions/build-push/layout-files.ts';
import { readLayout } from '../../../src/build/layout.ts';
import type { BuiltLayout } from '../../../src/build/model.ts';
import { planPush } from '../../../src/build/plan.ts';
import { publish } from '../../../src/build/publish.ts';
import type { DeployError } from '../../../src/interfaces/errors.ts';
import { hintOf } from '../../../src/tools/registries/words.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { Front, type FrontRule } from '../../support/front.ts';
import { Layout } from '../../support/layout.ts';
import { CraneRegistry } from '../../support/registry.ts';
import { cluster, environment, runner, workplace } from './support.ts';

const { files } = workplace('td-says-no');
const { username, password, host } = cluster.registry;
const COMMIT = 'c'.repeat(40);
const TAGS = [COMMIT, 'main'];
const held = new CraneRegistry(cluster);

let front: Front;
let registry: RegistryClient;
let count = 0;
/** Below the registry's host; a new one for every test. */
let prefix = '';
const lines: string[] = [];
const say = (line: string): void => void lines.push(line);
const log = {
  info: say,
  warning: say,
  debug: () => {},
  error: say,
  notice: say,
  group: async <T>(_: string, body: () => Promise<T>) => body(),
};

beforeAll(async () => {
  front = await Front.start(cluster);
});
afterAll(() => front.close());
afterEach(() => registry.close());
beforeEach(() => {
  // As each run has: it knows nothing of the ones before it.
  registry = new RegistryClient({ runner, env: environment, login: async () => ({ username, password }), errors: hintOf });
  count += 1;
  prefix = `td-says-no-${Date.now().toString(36)}/${count}`;
  lines.length = 0;
  front.reset();
});

/** An image of these layers, as a build leaves it. */
async function image(name: string, layers: readonly string[]): Promise<BuiltLayout> {
  const made = new Layout();
  const folder = files.directory(`layout-${name}-${Date.now().toString(36)}`);
  made.write(folder, made.image('amd64', layers));
  const store = new LayoutFiles(files);
  const content = await readLayout(await store.index(folder), (digest) => store.blob(folder, digest));
  return { spec: { name, context: '.', buildArgs: {}, platforms: [] }, layout: folder, ...content, provenance: {}, durationMs: 0 };
}

const big = (): string => 'x'.repeat(3 << 20) + Math.random();
const both = async (): Promise<BuiltLayout[]> => [await image('one', [big(), 'one']), await image('two', [`two ${Math.random()}`])];
const digestsOf = (layouts: readonly BuiltLayout[]): string[] => layouts.map(({ root }) => root.digest);

async function push(layouts: readonly BuiltLayout[], tags: readonly string[] = TAGS): Promise<string[]> {
  const repositoryOf = (name: string): string => `${front.host}/${prefix}/${name}`;
  const plans = await planPush(layouts, { repositoryOf, tags, log }, registry);
  const scanned = new Set(layouts.flatMap(({ platforms }) => platforms.map(({ descriptor }) => descriptor.digest)));
  await publish(plans, { registry, log, scanned });
  return plans[0]?.tags ?? [];
}

/** What the push ends with, as the job's page shows it. */
async function refusal(layouts: readonly BuiltLayout[], tags: readonly string[] = TAGS): Promise<string> {
  const error = await push(layouts, tags).then(
    () => undefined,
    (reason: DeployError) => reason,
  );
  if (error === undefined) throw new Error('it was pushed');
  expect(error.name).toMatch(/Error$/);
  expect(error.reason).not.toBe('internal');
  return `${error.message}. ${error.hint}`;
}

const early = async (): Promise<string> => {
  const asked = ['one', 'two'].map((name) => registry.authorize(`${front.host}/${prefix}/${name}`, 'push'));
  const results = await Promise.allSettled(asked);
  return results.map((result) => (result.status === 'rejected' ? `${result.reason.message}. ${result.reason.hint}` : '')).join('\n');
};

const tagsOf = (name: string): Promise<string[]> => held.tags(`${host}/${prefix}/${name}`).catch(() => []);
/** No tag leads anywhere. */
const nothingTagged = async (): Promise<void> => expect([await tagsOf('one'), await tagsOf('two')]).toEqual([[], []]);
const words = (code: string, message: string): object => ({ errors: [{ code, message }] });
const NGINX = '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body><h1>413</h1></body></html>';
const html = { 'content-type': 'text/html' };

describe('a failure that passes is repeated', () => {
  const cases: [string, FrontRule[], RegExp][] = [
    [
      'an expired login',
      [
        {
          method: 'PUT',
          path: '/blobs/uploads/',
          status: 401,
          headers: { 'www-authenticate': 'Basic realm="r"' },
          times: 1,
          body: words('UNAUTHORIZED', 'x'),
        },
      ],
      /401/,
    ],
    [
      'a storage that fails, connections that are cut',
      [
        { method: 'PUT', path: '/blobs/uploads/', status: 503, times: 3, body: 'upstream connect error' },
        { method: 'PUT', path: '/manifests/', drop: true, times: 2 },
      ],
      /503|cut/,
    ],
    [
      'a limit, as long as it asks for',
      [
        {
          method: 'PUT',
          path: '/blobs/uploads/',
          status: 429,
          headers: { 'retry-after': '1' },
          times: 3,
          body: words('TOOMANYREQUESTS', 'slow down'),
        },
      ],
      /429/,
    ],
    [
      'a limit until a date',
      [
        {
          method: 'POST',
          path: '/blobs/uploads/',
          status: 429,
          headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() },
          times: 2,
        },
      ],
      /429/,
    ],
    [
      'a digest that was lost on the way',
      [
        {
          method: 'PUT',
          path: '/blobs/uploads/',
          status: 400,
          times: 1,
          body: words('DIGEST_INVALID', 'provided digest did not match uploaded content'),
        },
      ],
      /400/,
    ],
    [
      'an upload that the registry has forgotten',
      [
        {
          method: 'PUT',
          path: '/blobs/uploads/',
          status: 404,
          times: 1,
          body: words('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'),
        },
      ],
      /404/,
    ],
  ];
  test.each(cases)('%s', async (_, rules, seen) => {
    front.reset(rules);
    const layouts = await both();
    await push(layouts);
    expect(front.requests.filter((line) => seen.test(line)).length).toBeGreaterThan(0);
    expect(await held.digest(`${host}/${prefix}/one:main`)).toBe(layouts[0]?.root.digest);
    expect(await held.digest(`${host}/${prefix}/two:${COMMIT}`)).toBe(layouts[1]?.root.digest);
  });
});

test('a token that ends in the middle of a push is asked for again', async () => {
  front.login = { username, password };
  const headers = { 'www-authenticate': `Bearer realm="http://${front.host}/token",service="front"` };
  front.rules = [
    { method: 'PUT', path: '/(?:blobs|manifests)/', status: 401, headers, skip: 1, times: 1, body: words('UNAUTHORIZED', 'token expired') },
  ];
  const layouts = await both();
  await push(layouts);
  expect(front.requests.filter((line) => line.includes('401 by rule'))).toHaveLength(1);
  expect(await held.digest(`${host}/${prefix}/two:${COMMIT}`)).toBe(layouts[1]?.root.digest);
});

describe('a right that is missing is known before anything is built', () => {
  const cases: [string, FrontRule, RegExp, RegExp][] = [
    [
      'GitHub: no right to write',
      { method: 'POST', path: 'two/blobs/uploads/', status: 403, body: words('DENIED', 'permission_denied: write_package') },
      /two: the registry answered 403 DENIED \(permission_denied: write_package\)/,
      /packages: write.*Manage Actions access/,
    ],
    [
      'GitHub: no right to create',
      {
        method: 'POST',
        path: 'two/blobs/uploads/',
        status: 403,
        body: words('DENIED', 'installation not allowed to Create organization package'),
      },
      /403 DENIED/,
      /Package creation/,
    ],
    [
      'Amazon: no repository',
      {
        path: '/two/',
        status: 404,
        body: words('NAME_UNKNOWN', "The repository with name 'field/c12/two' does not exist in the registry with id '123456789012'"),
      },
      /404 NAME_UNKNOWN/,
      /aws ecr create-repository --repository-name field\/c12\/two/,
    ],
    [
      'read-only',
      { method: 'POST', path: 'two/blobs/uploads/', status: 405, body: words('UNSUPPORTED', 'The operation is unsupported.') },
      /405 UNSUPPORTED/,
      /takes no push now.*garbage/,
    ],
    [
      'a limit for an hour',
      {
        method: 'POST',
        path: 'two/blobs/uploads/',
        status: 429,
        headers: { 'retry-after': '3600' },
        body: words('TOOMANYREQUESTS', 'You have reached your rate limit.'),
      },
      /429 TOOMANYREQUESTS.*asks to wait 60 min/,
      /limits requests/,
    ],
    [
      'Harbor: no project',
      { method: 'POST', path: 'two/blobs/uploads/', status: 404, body: words('NOT_FOUND', 'project acme not found') },
      /404 NOT_FOUND/,
      /project.*first/,
    ],
  ];
  test.each(cases)('%s', async (_, rule, said, hint) => {
    front.reset([rule]);
    const message = await early();
    expect(message).toMatch(said);
    expect(message).toMatch(hint);
    // Nothing was changed, and what was begun was given up.
    expect(front.asked('PUT', /./)).toEqual([]);
    expect(front.asked('DELETE', /one\/blobs\/uploads/)).toHaveLength(1);
  });

  test('a registry that is down is asked again, then named', async () => {
    front.reset([{ path: '^/v2/', status: 503, headers: html, body: '<html>maintenance</html>' }]);
    const message = await early();
    expect(message).toMatch(/the registry answered 503\. the registry, or a proxy before it, is out of order/);
    expect(message).not.toContain('html');
    expect(front.requests.length).toBeGreaterThan(4);
  });
});

describe('a push that fails leaves no tag', () => {
  const cases: [string, FrontRule[], RegExp, RegExp][] = [
    [
      'a full project',
      [
        {
          method: 'PUT',
          path: '/manifests/',
          status: 403,
          body: words(
            'DENIED',
            'adding 151.7 MiB of storage resource, which when updated to current usage of 100.0 GiB will exceed the configured upper limit of 100.0 GiB.',
          ),
        },
      ],
      /403 DENIED \(adding 151\.7 MiB/,
      /quota/,
    ],
    [
      'a proxy that limits the size',
      [{ method: 'PUT', path: '/blobs/uploads/', status: 413, headers: html, body: NGINX, over: 1 << 20 }],
      /3 MiB.*413/,
      /client_max_body_size/,
    ],
    [
      'a proxy that answers before it has read',
      [{ method: 'PUT', path: '/blobs/uploads/', status: 413, headers: html, body: NGINX, early: true, over: 1 << 20 }],
      /3 MiB.*413/,
      /client_max_body_size/,
    ],
    [
      'a proxy that cuts the connection',
      [{ method: 'PUT', path: '/blobs/uploads/', drop: true, over: 1 << 20 }],
      /3 MiB.*closed before an answer came/,
      /client_max_body_size/,
    ],
    [
      'Amazon: a tag that cannot move',
      [
        {
          method: 'PUT',
          path: '/manifests/main',
          status: 400,
          body: words(
            'TAG_INVALID',
            "The image tag 'main' already exists in the 'field/c12/one' repository and cannot be overwritten because the tag is immutable.",
          ),
        },
      ],
      /tag is immutable/,
      /"tags: sha"/,
    ],
    [
      'Harbor: a tag that cannot move',
      [
        {
          method: 'PUT',
          path: '/manifests/main',
          status: 412,
          body: words('PRECONDITION', "Failed to process request due to 'one:main' configured as immutable."),
        },
      ],
      /configured as immutable/,
      /"tags: sha"/,
    ],
    [
      'the second image',
      [{ method: 'PUT', path: `two/manifests/${COMMIT}`, status: 403, body: words('DENIED', 'no') }],
      /403 DENIED/,
      /permission to push/,
    ],
  ];
  test.each(cases)('%s', async (_, rules, said, hint) => {
    front.reset(rules);
    const message = await refusal(await both());
    expect(message).toMatch(said);
    expect(message).toMatch(hint);
    expect(message).not.toContain('<html');
    await nothingTagged();
  });
});

describe('a set of tags is whole or not there', () => {
  test('tags that moved go back where they were', async () => {
    const first = await both();
    await push(first, ['a'.repeat(40), 'main']);
    front.reset([{ method: 'PUT', path: 'two/manifests/main', status: 412, body: words('PRECONDITION', 'configured as immutable') }]);
    await refusal(await both());
    const now = await Promise.all(['one', 'two'].map((name) => held.digest(`${host}/${prefix}/${name}:main`)));
    expect(now).toEqual(digestsOf(first));
    expect([await tagsOf('one'), await tagsOf('two')].flat()).not.toContain(COMMIT);
  });

  test('where a registry lets no tag be removed, those that stand are named', async () => {
    front.reset([
      { method: 'DELETE', path: '/manifests/', status: 405, body: words('UNSUPPORTED', 'x') },
      { method: 'PUT', path: `two/manifests/${COMMIT}`, status: 403, body: words('DENIED', 'no') },
    ]);
    expect(await refusal(await both())).toMatch(new RegExp(`stand.*one:${COMMIT}`));
  });

  test('an image that was there before keeps its manifest and its other tags', async () => {
    const [one, two] = await both();
    if (one === undefined || two === undefined) throw new Error('none');
    await push([one], ['1.0.0']);
    front.reset([{ method: 'PUT', path: `two/manifests/${COMMIT}`, status: 403, body: words('DENIED', 'no') }]);
    await refusal([one, two]);
    expect(front.asked('DELETE', /one\/manifests/)).toEqual([]);
    expect(await held.digest(`${host}/${prefix}/one:1.0.0`)).toBe(one.root.digest);
    expect(await tagsOf('one')).not.toContain(COMMIT);
  });
});

describe('a tag that names a commit or a version', () => {
  test('of a commit stays when the same commit gives other bytes: these get a tag of their own, all images the same', async () => {
    const first = await both();
    await push(first);
    const [, two] = first;
    const again = [await image('one', ['other']), ...(two ? [two] : [])];
    const tags = await push(again);
    expect(await held.digest(`${host}/${prefix}/one:${COMMIT}`)).toBe(first[0]?.root.digest);
    expect(tags).toEqual([expect.stringMatching(new RegExp(`^${COMMIT}-[0-9a-f]{8}$`)), 'main']);
    for (const [index, name] of ['one', 'two'].entries()) {
      for (const tag of tags) expect(await held.digest(`${host}/${prefix}/${name}:${tag}`)).toBe(again[index]?.root.digest);
    }
    expect(lines.join('\n')).toMatch(new RegExp(`one:${COMMIT} stays.*sha256:`));
    // Once more: nothing new.
    expect(await push(again)).toEqual(tags);
  });

  test('of a version is an error, before anything is sent', async () => {
    await push(await both(), ['1.2.3', '1.2']);
    front.reset();
    expect(await refusal(await both(), ['1.2.3', '1.2'])).toMatch(
      /one:1\.2\.3 is sha256:.*, and this build made sha256:.*a version's tag does not move/,
    );
    expect(front.asked('PUT', /./)).toEqual([]);
    expect(front.asked('POST', /./)).toEqual([]);
  });

  test('that another run has set meanwhile does not move, and nothing of this one stands', async () => {
    const [one, two, other] = [await image('one', ['1']), await image('two', ['2']), await image('two', ['other'])];
    await push([other], ['elsewhere']);
    const faster = async (): Promise<void> => void (await held.crane('tag', `${host}/${prefix}/two:elsewhere`, COMMIT));
    front.reset([{ method: 'PUT', path: 'one/manifests/main', times: 1, before: faster }]);
    expect(await refusal([one, two])).toMatch(new RegExp(`two:${COMMIT} was set to ${other.root.digest} during this push`));
    expect([await tagsOf('one'), await tagsOf('two')]).toEqual([[], [COMMIT, 'elsewhere']]);
    expect(await held.digest(`${host}/${prefix}/two:${COMMIT}`)).toBe(other.root.digest);
  });

  test('that is missing on one image is added', async () => {
    const layouts = await both();
    await push(layouts.slice(0, 1));
    expect(await push(layouts)).toEqual(TAGS);
    expect(await tagsOf('two')).toEqual(TAGS.toSorted());
  });

  test('tags that move do', async () => {
    const tags = ['main', 'latest', '1.2', '1', `${COMMIT}-dirty`, 'nightly'];
    await push(await both(), tags);
    const second = await both();
    expect(await push(second, tags)).toEqual(tags);
    for (const tag of tags) expect(await held.digest(`${host}/${prefix}/two:${tag}`)).toBe(second[1]?.root.digest);
  });
});

describe('what images share', () => {
  const shared = (): string => `base ${'x'.repeat(1 << 20)}${Math.random()}`;
  const uploads = (): string[] => front.asked('PUT', /blobs\/uploads/);
  const pulls = async (layouts: readonly BuiltLayout[]): Promise<void> => {
    for (const { spec } of layouts) await held.crane('validate', '--remote', `${host}/${prefix}/${spec.name}:main`, '--fast');
  };

  test('goes up once, and is mounted by the others, new images and later ones', async () => {
    const base = shared();
    const layouts = [await image('one', [base, 'a']), await image('two', [base, 'b']), await image('three', [base, 'c'])];
    await push(layouts);
    // The base, three layers; the configuration is the same.
    expect(uploads()).toHaveLength(5);
    front.reset();
    const later = [await image('one', [base, 'a']), await image('four', [base, 'd'])];
    await push(later);
    expect(uploads()).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/four\] pushed .*: 1 blobs \(1 KiB\), 2 taken over from another image/);
    await pulls([...layouts, ...later]);
  });

  test('also where a token opens single repositories', async () => {
    front.login = { username, password };
    const base = shared();
    await push([await image('one', [base, 'a']), await image('two', [base, 'b'])]);
    expect(uploads()).toHaveLength(4);
    expect(front.requests.filter((line) => /^TOKEN .*:pull,push .*:pull$/.test(line)).length).toBeGreaterThan(0);
  });

  test.each([
    ['begins an upload instead', 202],
    ['refuses', 403],
    ['does not know of it', 405],
  ])('is sent where a registry %s', async (_, status) => {
    const base = shared();
    const location = `/v2/x/blobs/uploads/nothing`;
    front.reset([{ method: 'POST', path: 'mount=', status, headers: { location } }]);
    const layouts = [await image('one', [base, 'a']), await image('two', [base, 'b'])];
    await push(layouts);
    expect(uploads()).toHaveLength(6);
    await pulls(layouts);
  });

  test('is sent by the other where the first one fails', async () => {
    const base = shared();
    // Whichever of the two is the first.
    front.reset([{ method: 'PUT', path: 'blobs/uploads', status: 403, body: words('DENIED', 'no'), times: 1, over: 1 << 20 }]);
    const layouts = [await image('one', [base, 'a']), await image('two', [base, 'b'])];
    await refusal(layouts);
    front.reset();
    await push(layouts);
    await pulls(layouts);
  });
});
