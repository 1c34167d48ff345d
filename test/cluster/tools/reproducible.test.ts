import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { LayoutFiles } from '../../../src/actions/build-push/layout-files.ts';
import { type BuildSettings, buildImage } from '../../../src/build/build.ts';
import type { ImageSpec } from '../../../src/build/model.ts';
import { Buildx } from '../../../src/tools/buildx/buildx.ts';
import { cluster, environment, runner, workplace } from './support.ts';

const { files } = workplace('td-reproducible');
const buildx = new Buildx({ runner, files, inherited: environment });
const NAME = 'td-reproducible';
afterAll(() => buildx.remove(NAME));

test('the same content has the same digest, with other times another one, and no step runs again for them', async () => {
  await buildx.prepare({ builder: cluster.buildkit.address, name: NAME });
  const context = files.directory('context');
  writeFileSync(join(context, 'Dockerfile'), `FROM python:3.13-slim\nWORKDIR /app\nRUN echo ${Date.now()} > made\nCOPY file ./\n`);
  writeFileSync(join(context, 'file'), 'one');
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const log = {
    info: say,
    warning: say,
    debug: say,
    error: say,
    notice: say,
    group: async <T>(_: string, body: () => Promise<T>) => body(),
  };
  const cached = (): number => lines.filter((line) => line.endsWith(' CACHED')).length;
  const build = async (epoch: number | undefined, more: Partial<ImageSpec> = {}): Promise<string> => {
    lines.length = 0;
    const settings: BuildSettings = {
      builder: NAME,
      secrets: {},
      labels: {},
      contexts: () => ({}),
      cacheFrom: () => [],
      timeoutMs: 60_000,
      epoch,
    };
    const image: ImageSpec = { name: 'api', context, buildArgs: {}, platforms: [], ...more };
    return (await buildImage(image, settings, { builder: buildx, store: new LayoutFiles(files), log })).root.digest;
  };
  const first = await build(1_700_000_000);
  writeFileSync(join(context, 'file'), 'one');
  const again = await build(1_700_000_000, { noCache: true });
  // The base image alone.
  expect(cached()).toBeLessThanOrEqual(1);
  expect(again).toBe(first);
  expect(await build(undefined)).not.toBe(await build(undefined, { noCache: true }));
  const later = await build(1_700_000_001);
  expect(later).not.toBe(first);
  expect(cached()).toBeGreaterThanOrEqual(3);
}, 120_000);
