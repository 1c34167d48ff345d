import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Layout, singleBinaryImage, writeOciTar } from '../../../../cluster/images/oci.ts';
import { npmPackageFiles, writePlatforms } from '../../../../cluster/images/platforms.ts';
import { run } from '../../../../cluster/images/process.ts';
import { once } from '../../../../cluster/images/store.ts';
import { packDifference } from '../../../../cluster/images/tree.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'images-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('an importable image tar', () => {
  const image = (out: string) =>
    writeOciTar({
      out,
      ref: 'docker.io/library/pause:1',
      files: [
        { path: '/bin/pause', content: 'program', mode: 0o755 },
        { path: '/sbin', link: 'bin' },
        { path: '/tmp', directory: true, mode: 0o1777 },
      ],
      config: { entrypoint: ['/bin/pause'], user: '65532', env: { A: '1', B: 'x=y' } },
      architecture: 'arm64',
    });

  test('has the reference that ctr reads, the config, and one layer with the files', async () => {
    await image(join(dir, 'a.tar'));
    await run('tar', ['-xf', join(dir, 'a.tar'), '-C', dir]);
    const [entry] = (await json(join(dir, 'index.json'))).manifests;
    expect(entry.annotations['org.opencontainers.image.ref.name']).toBe('docker.io/library/pause:1');
    const blob = (digest: string) => join(dir, 'blobs', digest.replace(':', '/'));
    const manifest = await json(blob(entry.digest));
    const config = await json(blob(manifest.config.digest));
    expect(config).toMatchObject({
      architecture: 'arm64',
      os: 'linux',
      config: { Entrypoint: ['/bin/pause'], User: '65532', Env: ['A=1', 'B=x=y'] },
    });
    expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest]);
    const listing = await run('tar', ['-tvf', blob(manifest.layers[0].digest)]);
    expect(listing).toMatch(/-rwxr-xr-x 0\/0 .* \.\/bin\/pause\n/);
    expect(listing).toMatch(/drwxrwxrwt 0\/0 .* \.\/tmp\/\n/);
    expect(listing).toContain('./sbin -> bin');
  });

  test('has the same digest when it is made again', async () => {
    const digest = async (name: string) => {
      await image(join(dir, name));
      return JSON.parse(await run('tar', ['-xOf', join(dir, name), 'index.json'])).manifests[0].digest;
    };
    expect(await digest('a.tar')).toBe(await digest('b.tar'));
  });

  test('holds the program itself where it is given by a link', async () => {
    await writeFile(join(dir, 'built'), 'program');
    await symlink(join(dir, 'built'), join(dir, 'pause'));
    await singleBinaryImage({ out: join(dir, 'a.tar'), ref: 'localhost/pause:1', binary: join(dir, 'pause') });
    await run('tar', ['-xf', join(dir, 'a.tar'), '-C', dir]);
    const blob = (digest: string) => join(dir, 'blobs', digest.replace(':', '/'));
    const manifest = await json(blob((await json(join(dir, 'index.json'))).manifests[0].digest));
    expect(await run('tar', ['-xOf', blob(manifest.layers[0].digest), './pause'])).toBe('program');
  });
});

describe('the difference of two roots', () => {
  async function tree(name: string, files: Record<string, string>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(dir, name, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, text);
      await utimes(file, 1_000, 1_000);
    }
    return join(dir, name);
  }

  async function difference(root: string, base: string): Promise<string[]> {
    await packDifference(root, base, join(dir, 'out.tar'), new Date());
    return (await run('tar', ['-tf', join(dir, 'out.tar')]))
      .trim()
      .split('\n')
      .filter((path) => !path.endsWith('/'));
  }

  test('holds what is new or changed in content, mode or target, and whiteouts of what is gone', async () => {
    const base = await tree('base', { 'etc/same': '1', 'etc/changed': '1', 'etc/mode': '1', 'opt/gone/deep/file': '1', 'opt/single': '1' });
    const root = await tree('root', { 'etc/same': '1', 'etc/changed': '2', 'etc/mode': '1', 'etc/new': '1', 'opt/kept': '1' });
    await chmod(join(root, 'etc/mode'), 0o600);
    await symlink('same', join(base, 'etc/link'));
    await symlink('new', join(root, 'etc/link'));
    expect(await difference(root, base)).toEqual([
      './etc/changed',
      './etc/link',
      './etc/mode',
      './etc/new',
      './opt/.wh.gone',
      './opt/.wh.single',
      './opt/kept',
    ]);
  });

  test('leaves out what belongs to one machine or one run', async () => {
    const base = await tree('base', { 'etc/same': '1' });
    const root = await tree('root', {
      'etc/same': '1',
      'etc/hostname': 'x',
      'etc/resolv.conf': 'x',
      'var/log/apt.log': 'x',
      'tmp/x': 'x',
      'proc/1/x': 'x',
    });
    expect(await difference(root, base)).toEqual([]);
  });
});

describe('a folder that is made once', () => {
  test('is made by the first and found by the second', async () => {
    const made = [
      await once(join(dir, 'x'), (scratch) => writeFile(join(scratch, 'f'), '1')),
      await once(join(dir, 'x'), () => Promise.reject(new Error('again'))),
    ];
    expect(made).toEqual([true, false]);
  });

  test('is not there after a failure, nor is a trace of it', async () => {
    const fail = once(join(dir, 'x'), async (scratch) => {
      await writeFile(join(scratch, 'f'), '1');
      throw new Error('no network');
    });
    await expect(fail).rejects.toThrow('no network');
    expect(await readdir(dir)).toEqual([]);
  });

  test('is made by one of several at the same time, for which the others wait', async () => {
    let calls = 0;
    const make = () =>
      once(join(dir, 'x'), async (scratch) => {
        calls += 1;
        await writeFile(join(scratch, 'f'), '1');
      });
    expect(await Promise.all([make(), make(), make()])).toEqual([true, false, false]);
    expect(calls).toBe(1);
    expect(await readdir(dir)).toEqual(['x']);
  });
});

test('an image of two platforms is one index over two manifests', async () => {
  const index = await writePlatforms(join(dir, 'layout'), 'example.com/app:1', [
    { architecture: 'amd64', files: [{ path: '/app/index.js', content: '' }] },
    { architecture: 'arm64', files: npmPackageFiles('left-pad', '1.2.0') },
  ]);
  const layout = await Layout.open(join(dir, 'layout'));
  const { manifests } = await json(layout.blobPath(index.digest));
  expect(manifests.map((manifest: { platform: object }) => manifest.platform)).toEqual([
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm64' },
  ]);
  expect((await json(join(dir, 'layout/index.json'))).manifests[0]).toMatchObject({
    digest: index.digest,
    mediaType: 'application/vnd.oci.image.index.v1+json',
  });
});

test('a program that fails says which, how, and its last words', async () => {
  await expect(run('sh', ['-c', 'echo no such thing >&2; exit 3'])).rejects.toThrow(/exit code 3: sh -c .*:\nno such thing$/s);
  await expect(run('sleep', ['5'], { timeout: 50 })).rejects.toThrow('timed out after 50 milliseconds: sleep 5');
});
