import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ActionResult, errorsOf } from '../support/action.ts';
import { buildPlace, lineOf } from './build-push-support.ts';

/** Stands for a distribution's packages: the same command installs what is there today. */
let packages: Server;
let port: number;
let today: string;
let images: string;

const place = buildPlace('rebuild', {
  'app/Dockerfile': `FROM python:3.13-slim
ARG MIRROR
RUN version=$(python -c "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())" $MIRROR) && \\
    pip install --no-cache-dir --root-user-action=ignore cowsay==$version
`,
});

beforeAll(async () => {
  packages = createServer((_, response) => response.end(today));
  await new Promise<void>((resolve) => packages.listen(0, '127.0.0.1', resolve));
  port = (packages.address() as AddressInfo).port;
});
afterAll(() => void packages.close());
let builds = 0;
beforeEach(() => {
  images = `app-${++builds}: ./app`;
});

/** Another image each test: its cache is its own. */
const run = (inputs: Record<string, string> = {}): Promise<ActionResult> =>
  place.main({ images, 'build-args': `MIRROR=http://127.0.0.1:${port}/${builds}`, ...inputs });
const digestOf = (result: ActionResult): string => (result.outputs.images ?? '').split('=').at(-1) ?? '';
const isBuilt = ({ log }: ActionResult): number => log.filter((line) => /\] built sha256/.test(line)).length;

describe('red', () => {
  test('an old layer of the cache is red no longer than the fix is away: built once more, said, and kept', async () => {
    today = '5.0';
    const first = await run();
    // Nothing came from the cache: a second build would find the same.
    expect([isBuilt(first), errorsOf(first)[0]]).toEqual([1, expect.stringContaining('cowsay 5.0, fixed in 6.0')]);

    today = '6.1';
    const red = await run({ rebuild: 'never' });
    expect(errorsOf(red)[0]).toContain('cowsay 5.0, fixed in 6.0');

    const mended = await run();
    expect([errorsOf(mended), isBuilt(mended), mended.outputs.pushed]).toEqual([[], 2, 'true']);
    lineOf(mended, /CVE-2026-90001: there are fixes, and steps came from the cache, so it is built once more without/);
    lineOf(mended, /::notice.*the build cache held vulnerable packages.*passes; the kept cache is renewed/);
    lineOf(await place.post(mended), /build cache written/);

    // The kept cache gives the mended image.
    const cached = await run({ reuse: 'false' });
    expect([isBuilt(cached), digestOf(cached)]).toEqual([1, digestOf(mended)]);
  });

  test('what has no fix yet is built once', async () => {
    today = '6.1';
    const severity = 'LOW';
    await run({ severity: 'CRITICAL', cache: 'off' });
    const result = await run({ severity, cache: 'off' });
    expect([isBuilt(result), result.exitCode]).toEqual([1, 1]);
  });
});

test('weekly: what was built within the week is taken from the cache, without a record not', async () => {
  today = '6.1';
  const first = await run({ rebuild: 'weekly' });
  expect(errorsOf(first)).toEqual([]);
  const second = await run({ rebuild: 'weekly', 'build-args': `MIRROR=http://127.0.0.1:${port}/${builds}\nOTHER=1`, labels: 'a=b' });
  expect([errorsOf(second), second.log.filter((line) => line.includes('built without cache'))]).toEqual([[], []]);
});

test('base: an image that it is built from has moved, so all of it is built anew', async () => {
  today = '6.1';
  const base = `${place.prefix}/base:${builds}`;
  await place.registry.crane('copy', `${place.cluster.registry.host}/library/busybox:1.37`, base);
  place.write({
    'moved/Dockerfile': `FROM ${base} AS base\nFROM python:3.13-slim\nRUN date > /date\nCOPY --from=base /bin/busybox /bin/\n`,
  });
  images = `moved-${builds}: ./moved`;
  await run({ rebuild: 'base', 'build-args': '' });
  await place.registry.crane('mutate', base, '--label', `moved=${Date.now()}`, '--tag', base);
  const result = await run({ rebuild: 'base', 'build-args': '' });
  expect(errorsOf(result)).toEqual([]);
  lineOf(result, /built without cache: an image that it is built from has moved/);
});

test('a rule that cannot be kept is refused before anything is built', async () => {
  const result = await run({ rebuild: 'weekly', cache: 'off' });
  expect(errorsOf(result)[0]).toContain('Input "rebuild": "weekly" goes by what the registry holds about the last build');
  expect(isBuilt(result)).toBe(0);
});
