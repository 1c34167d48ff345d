import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorsOf } from '../support/action.ts';
import { buildPlace, reportOf } from './build-push-support.ts';

const files = Object.fromEntries(
  ['one', 'two'].flatMap((name) => [
    [`${name}/Dockerfile`, 'FROM scratch\nCOPY hello /\n'],
    [`${name}/hello`, name],
  ]),
);
const place = buildPlace('hand-over', files);
const IMAGES = { images: 'one: one\nshop/two: two', scanners: 'secret' };
const HEAD = 'a'.repeat(40);
/** A job that nobody trusts, and one that has the registry. */
const write = () => place.main({ ...IMAGES, registry: 'localhost/fork', push: 'false', cache: 'off', 'write-layout': 'layout' });
const read = () => place.main({ ...IMAGES, 'read-layout': 'layout', version: HEAD, tags: 'pr-7', push: 'true' });
const blobs = (): string[] => readdirSync(join(place.workspace, 'layout', 'blobs', 'sha256'));

test('what one job built another one proves, scans and pushes, digest for digest; nothing of it is needed any more', async () => {
  const built = await write();
  expect([built.exitCode, errorsOf(built)]).toEqual([0, []]);
  expect(built.outputs).toMatchObject({ layout: join(place.workspace, 'layout'), pushed: 'false' });

  for (const name of ['one', 'two']) rmSync(join(place.workspace, name), { recursive: true });
  const pushed = await read();
  expect([pushed.exitCode, errorsOf(pushed)]).toEqual([0, []]);
  expect(pushed.outputs).toMatchObject({ images: built.outputs.images, tags: 'pr-7', version: HEAD, pushed: 'true' });
  expect(
    reportOf(pushed)
      .scans.map(({ digest }) => digest)
      .sort(),
  ).toEqual(
    reportOf(built)
      .scans.map(({ digest }) => digest)
      .sort(),
  );
  expect(pushed.log.join('\n')).not.toContain('Building with');
  for (const { repository, digest } of reportOf(pushed).images) {
    expect(await place.registry.digest(`${repository}:pr-7`)).toBe(digest);
  }
});

test('a layout that was changed on its way is refused, and nothing is pushed', async () => {
  const before = blobs();
  const layer = before.find((name) => readFileSync(join(place.workspace, 'layout', 'blobs', 'sha256', name))[0] === 0x1f) ?? '';
  const path = join(place.workspace, 'layout', 'blobs', 'sha256', layer);
  const bytes = readFileSync(path);
  appendFileSync(path, 'x');
  const result = await read();
  expect(errorsOf(result).join()).toMatch(/The layout that was handed over is refused/);
  expect(result.outputs.pushed).toBeUndefined();
  writeFileSync(path, bytes);
  expect((await read()).exitCode).toBe(0);
});
