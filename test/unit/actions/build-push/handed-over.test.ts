import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type HandOverLimits, readHandOver, writeHandOver } from '../../../../src/actions/build-push/handed-over-files.ts';
import { sha256 } from '../../../../src/build/layout.ts';
import type { BuiltLayout } from '../../../../src/build/model.ts';
import { HandedOverLayout } from '../../../support/handed-over.ts';
import { LAYER } from '../../../support/layout.ts';

const work = mkdtempSync(join(tmpdir(), 'todo-deploy-hand-over-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const folderOf = (name: string): string => mkdtempSync(join(work, `${name}-`));
const spec = (name: string, platforms: string[] = []) => ({ name, context: '.', buildArgs: {}, platforms });
const [ONE, TWO] = [Buffer.alloc(5000, 'one'), Buffer.alloc(3000, 'two')];
const LIMITS: HandOverLimits = { maxBytes: 1024 * 1024, maxUnpackedBytes: 10 * 1024 * 1024 };

const take = (folder: string, images = [spec('web')], limits = LIMITS): Promise<BuiltLayout[]> =>
  readHandOver(folder, { images, ownPlatform: 'linux/amd64', limits }, new AbortController().signal);
const refusal = (words: string | RegExp): object => {
  const message = typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words);
  return expect.objectContaining({ reason: 'layout-refused', message }) as object;
};
const web = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.packed([ONE, TWO]));
};

describe('what one job writes, another one reads', () => {
  test('all images in one layout, what they share once, and nothing else', async () => {
    const layout = new HandedOverLayout();
    const arm = layout.packed([TWO], { architecture: 'arm64' });
    layout.named('web', layout.packed([ONE, TWO])).named('shop/api', layout.index([layout.packed([ONE]), arm]));
    const images = [spec('web'), spec('shop/api', ['linux/amd64', 'linux/arm64'])];
    const first = await take(layout.save(folderOf('first')), images);
    const again = join(folderOf('again'), 'layout');
    await writeHandOver(again, first);
    const second = await take(again, images);
    expect(second.map(({ spec: { name }, root }) => [name, root.digest])).toEqual(first.map((one) => [one.spec.name, one.root.digest]));
    expect(second[1]?.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    expect(readdirSync(join(again, 'blobs', 'sha256')).length).toBe(layout.blobs.size);
  });

  test('not into a folder that holds something', async () => {
    const folder = folderOf('full');
    writeFileSync(join(folder, 'x'), '');
    await expect(writeHandOver(folder, [])).rejects.toThrow('which is not empty');
  });
});

describe('a layout that code of anybody made', () => {
  test.each<[string, (folder: string) => void, string | RegExp]>([
    ['a link in place of a blob', (folder) => relink(folder), 'a symbolic link "blobs/sha256/'],
    ['a link in place of the blobs', (folder) => moveBehindLink(folder, 'blobs'), 'a symbolic link "blobs"'],
    ['a link in place of the index', (folder) => moveBehindLink(folder, 'index.json'), 'a symbolic link "index.json"'],
    ['a file beside', (folder) => writeFileSync(join(folder, 'run.sh'), ''), 'a file "run.sh", which a layout has not'],
    ['a folder beside', (folder) => mkdirSync(join(folder, 'chart')), 'a folder "chart"'],
    ['a name that leads elsewhere', (folder) => writeFileSync(join(folder, 'blobs', 'sha256', '..x'), ''), 'a file "blobs/sha256/..x"'],
    ['another algorithm', (folder) => mkdirSync(join(folder, 'blobs', 'sha512')), 'a folder "blobs/sha512"'],
    ['a blob too many', (folder) => writeFileSync(blobAt(folder, sha256('x')), 'x'), 'which belongs to no image'],
    ['a blob too few', (folder) => rmSync(blobAt(folder, biggest(folder))), 'it lacks the blob'],
    [
      'other content of the same size',
      (folder) => writeFileSync(blobAt(folder, biggest(folder)), other(folder)),
      /cannot be unpacked|other content/,
    ],
    ['the same content, packed in other bytes', (folder) => repacked(folder), 'has other content'],
    ['no mark', (folder) => rmSync(join(folder, 'oci-layout')), 'it has no oci-layout'],
    [
      'another version',
      (folder) => writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
      'does not say version 1.0.0',
    ],
    ['an index that is no JSON', (folder) => writeFileSync(join(folder, 'index.json'), '<html>'), 'is not JSON'],
    ['an index of megabytes', (folder) => writeFileSync(join(folder, 'index.json'), Buffer.alloc(5 * 1024 * 1024)), 'more than 1 MiB'],
  ])('%s: refused', async (_, change, words) => {
    const folder = web().save(folderOf('hostile'));
    await expect(take(folder)).resolves.toHaveLength(1);
    change(folder);
    await expect(take(folder)).rejects.toEqual(refusal(words));
  });

  test.each<[string, () => HandedOverLayout, string | RegExp]>([
    ['an image too many', () => other2('miner'), 'it holds an image "miner", which is not among the images (web)'],
    ['the same image twice', () => other2('web'), 'it holds two images "web"'],
    ['no image', () => new HandedOverLayout(), 'it holds no image "web"'],
    ['one without a name', () => anonymous(), 'has no name'],
    ['a tag in place of a digest', () => tagged(), '"latest", which is not a digest'],
    ['another platform', () => made({ architecture: 'arm64' }), 'is for linux/arm64, and linux/amd64 was asked for'],
    ['a platform too many', () => both(), 'is for linux/amd64, linux/arm64, and linux/amd64 was asked for'],
    ['one listed for another platform', () => mislabelled(), 'is listed for linux/amd64, but is made for linux/arm64'],
    ['a layer that unpacks to something else', () => made({ diffIds: [sha256(ONE), sha256(ONE)] }), 'unpacks to'],
    ['a layer that is not packed', () => unpacked(), 'cannot be unpacked'],
    ['a manifest of megabytes', () => huge(), /document sha256:\w+ has \d+ bytes/],
    ['a reference to another image', () => attested(), 'calls itself a reference to another image'],
    ['a layer that lies elsewhere', () => foreign(), 'media type'],
  ])('%s: refused', async (_, make, words) => {
    await expect(take(make().save(folderOf('odd')), [spec('web')], { ...LIMITS, maxBytes: 64 * 1024 * 1024 })).rejects.toEqual(
      refusal(words),
    );
  });

  test('layers that unpack to more than a node should hold', async () => {
    const layout = new HandedOverLayout();
    const folder = layout
      .named('web', layout.packed([Buffer.alloc(6 * 1024 * 1024), Buffer.alloc(6 * 1024 * 1024, 1)]))
      .save(folderOf('bomb'));
    await expect(take(folder)).rejects.toEqual(refusal('its layers unpack to more than 10 MiB'));
  });

  test('a hard link is a file like any other', async () => {
    const folder = web().save(folderOf('hard'));
    const blob = blobAt(folder, biggest(folder));
    renameSync(blob, join(work, 'kept'));
    linkSync(join(work, 'kept'), blob);
    await expect(take(folder)).resolves.toHaveLength(1);
  });

  test('whatever byte of whatever file is changed, nothing else is taken for what was there', async () => {
    const folder = web().save(folderOf('fuzz'));
    const before = (await take(folder))[0];
    const files = ['index.json', 'oci-layout', ...readdirSync(join(folder, 'blobs', 'sha256')).map((name) => `blobs/sha256/${name}`)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, change) => {
        const path = join(folder, name);
        const bytes = readFileSync(path);
        const changed = Buffer.from(bytes);
        const index = at % bytes.length;
        changed[index] = (bytes[index] ?? 0) ^ change;
        writeFileSync(path, changed);
        const taken = await take(folder).catch((error: { reason?: string }) => error.reason);
        writeFileSync(path, bytes);
        // Words of the index that mean nothing may change; what is pushed may not.
        if (typeof taken === 'string' || taken === undefined) expect(taken).toBe('layout-refused');
        else expect(taken[0]).toEqual(before);
      }),
      { numRuns: 150 },
    );
  });
});

const blobAt = (folder: string, digest: string): string => join(folder, 'blobs', 'sha256', digest.replace('sha256:', ''));
/** The one layer that is packed longest. */
function biggest(folder: string): string {
  const names = readdirSync(join(folder, 'blobs', 'sha256'));
  const size = (name: string): number => readFileSync(join(folder, 'blobs', 'sha256', name)).length;
  const layers = names.filter((name) => readFileSync(join(folder, 'blobs', 'sha256', name))[0] === 0x1f);
  return layers.sort((one, two) => size(two) - size(one))[0] ?? '';
}
/** Another operating system in the header of the packed layer. */
function repacked(folder: string): void {
  const path = blobAt(folder, biggest(folder));
  const bytes = readFileSync(path);
  bytes[9] = (bytes[9] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
function other(folder: string): Buffer {
  const bytes = readFileSync(blobAt(folder, biggest(folder)));
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
  return bytes;
}
function relink(folder: string): void {
  const path = blobAt(folder, biggest(folder));
  renameSync(path, join(work, 'moved-blob'));
  symlinkSync(join(work, 'moved-blob'), path);
}
function moveBehindLink(folder: string, name: string): void {
  const target = join(mkdtempSync(join(work, 'moved-')), name);
  renameSync(join(folder, name), target);
  symlinkSync(target, join(folder, name));
}
const other2 = (name: string): HandedOverLayout => {
  const layout = web();
  return layout.named(name, layout.packed([TWO]));
};
const anonymous = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  layout.entries.push(layout.packed([ONE]));
  return layout;
};
const tagged = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.packed([ONE]), { digest: 'latest' });
};
const made = (how: Parameters<HandedOverLayout['packed']>[1]): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.packed([ONE, TWO], how));
};
const both = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.index([layout.packed([ONE]), layout.packed([ONE], { architecture: 'arm64' })]));
};
const mislabelled = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.packed([ONE], { architecture: 'arm64' }), { platform: { os: 'linux', architecture: 'amd64' } });
};
const unpacked = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.image('amd64', ['not packed']));
};
const huge = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  return layout.named('web', layout.image('amd64', ['x'], { annotations: { filler: 'x'.repeat(5 * 1024 * 1024) } }));
};
const attested = (): HandedOverLayout => {
  const layout = web();
  const marked = { ...layout.packed([TWO]), annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
  layout.entries.length = 0;
  return layout.named('web', layout.index([layout.packed([ONE]), marked]));
};
const foreign = (): HandedOverLayout => {
  const layout = new HandedOverLayout();
  const root = layout.image('amd64', ['x']);
  const text =
    layout.blobs.get(root.digest)?.toString('utf8').replace(LAYER, 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip') ?? '';
  return layout.named('web', layout.add(text, root.mediaType));
};
