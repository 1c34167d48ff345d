import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { LayoutFiles } from '../../../src/actions/build-push/layout-files.ts';
import { type BuildSettings, buildImage, exportCache, requestFor } from '../../../src/build/build.ts';
import { cacheTo } from '../../../src/build/cache.ts';
import { readLayout } from '../../../src/build/layout.ts';
import type { ImageSpec } from '../../../src/build/model.ts';
import { Buildx } from '../../../src/tools/buildx/buildx.ts';
import { cluster, environment, failure, runner, workplace } from './support.ts';

const { files } = workplace('td-builder-says');
const buildx = new Buildx({ runner, files, inherited: environment });
const made: string[] = [];
afterAll(async () => {
  for (const name of made) await buildx.remove(name);
});

async function builderAt(builder: string, name: string): Promise<string> {
  made.push(name);
  return (await buildx.prepare({ builder, name })).name;
}

/** A folder with a Dockerfile and a program for another processor than this machine's. */
function imageOf(dockerfile: string, more: Partial<ImageSpec> = {}): ImageSpec {
  const context = files.directory('context');
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  const program = Buffer.from(readFileSync(process.execPath).subarray(0, 4096));
  program.writeUInt16LE(0xf3, 18);
  writeFileSync(join(context, 'program'), program);
  chmodSync(join(context, 'program'), 0o755);
  return { name: 'api', context, buildArgs: {}, platforms: [], ...more };
}

const settings = (builder: string, timeoutMs = 60_000): BuildSettings => ({
  builder,
  secrets: {},
  labels: {},
  contexts: () => ({}),
  cacheFrom: () => [],
  timeoutMs,
});
const lines: string[] = [];
const say = (line: string): void => void lines.push(line);
const log = { info: say, warning: say, debug: say, error: say, notice: say, group: async <T>(_: string, body: () => Promise<T>) => body() };
const tools = { builder: buildx, store: new LayoutFiles(files), log };

test('an attestation that BuildKit itself adds is refused: it would be pushed without a scan', async () => {
  const builder = await builderAt(cluster.buildkit.address, 'td-says-attest');
  const { context } = imageOf('FROM scratch\nCOPY program /program\n');
  const [folder, store] = [files.directory('attested'), new LayoutFiles(files)];
  const output = `--output=type=oci,dest=${folder},tar=false`;
  const command = ['docker-buildx', 'build', `--builder=${builder}`, '--provenance=mode=min', output, context] as const;
  await runner.run({ command: [...command], env: cluster.env, timeoutMs: 60_000 });
  await expect(readLayout(await store.index(folder), (digest) => store.blob(folder, digest))).rejects.toThrow(
    'calls itself a reference to another image (vnd.docker.reference.',
  );
});

describe('what a builder refuses', () => {
  test('a program that it has no emulator for: the platform is named, and what installs one', async () => {
    const builder = await builderAt(cluster.buildkit.address, 'td-says-foreign');
    const image = imageOf('FROM scratch\nCOPY program /program\nRUN ["/program"]\n', { platforms: ['linux/riscv64'] });
    const error = await failure(buildImage(image, settings(builder), tools));
    expect(error.message).toMatch(
      /Image "api" could not be built \(Dockerfile:3\): exec format error: .*no emulator for programs for linux\/riscv64/,
    );
    expect(error.hint).toContain('docker/setup-qemu-action');
  });

  test('a cache that cannot be written is never said to be', async () => {
    const builder = await builderAt(cluster.buildkit.address, 'td-says-cache');
    const image = imageOf('FROM scratch\nCOPY program /program\n');
    await buildImage(image, settings(builder), tools);
    lines.length = 0;
    const to = cacheTo('registry', '127.0.0.1:1/td/api', { read: [], write: 'buildcache' });
    const error = await failure(exportCache(image, { ...requestFor(image, settings(builder)), cacheTo: to }, tools));
    expect(error.message).toMatch(/Image "api" has no new build cache: .*(refused|127\.0\.0\.1:1)/);
    expect(lines.filter((line) => line.includes('cache written'))).toEqual([]);
  });

  test('a step that takes longer than its limit is named', async () => {
    const builder = await builderAt(cluster.buildkit.address, 'td-says-slow');
    const image = imageOf(`FROM python:3.13-slim\nRUN echo ${Date.now()} && sleep 60\n`);
    const error = await failure(buildImage(image, settings(builder, 6000), tools));
    expect(error.message).toMatch(
      /Timed out after 6 s waiting for the build of image "api", which was at \[2\/2\] RUN echo \d+ && sleep 60/,
    );
    expect(error.hint).toContain('"timeout"');
  });

  test('an address that does not answer, and one that stops to', async () => {
    await expect(buildx.prepare({ builder: 'tcp://127.0.0.1:1', name: 'td-says-dead' })).rejects.toThrow(
      'BuildKit at tcp://127.0.0.1:1 does not answer',
    );
    const path = cluster.buildkit.address.replace(/^unix:\/\//, '');
    const sockets: Socket[] = [];
    const proxy = createServer((socket) => {
      const onwards = createConnection(path);
      sockets.push(socket, onwards);
      for (const one of [socket, onwards]) one.on('error', () => {});
      socket.pipe(onwards).pipe(socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const builder = await builderAt(`tcp://127.0.0.1:${address.port}`, 'td-says-gone');
    const image = imageOf(`FROM python:3.13-slim\nRUN echo ${Date.now()} && echo begun && sleep 60\n`);
    const stop = (line: string): void => {
      if (!/\d begun$/.test(line)) return;
      proxy.close();
      for (const socket of sockets) socket.destroy();
    };
    const error = await failure(buildImage(image, settings(builder), { ...tools, log: { ...log, info: stop } }));
    expect(error.message).toMatch(/Image "api" could not be built: the builder went away while it was building/);
  });
});
