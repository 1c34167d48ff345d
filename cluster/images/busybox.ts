import { join } from 'node:path';
import { extractPackages } from './debian.ts';
import { type ImageFile, packFiles } from './layer.ts';
import { DEBIAN } from './pins.ts';
import { run } from './process.ts';
import type { LayerRecipe } from './recipe.ts';

/** Debian's static busybox and a link for each of its programs; the test pod of `helm create`'s chart uses it. */
export function busyboxLayer(): LayerRecipe {
  return {
    name: 'busybox',
    pins: [DEBIAN],
    async pack(tar, scratch) {
      const root = join(scratch, 'root');
      await extractPackages(root, ['busybox-static']);
      const binary = join(root, 'usr/bin/busybox');
      const programs = (await run(binary, ['--list'])).trim().split('\n');
      const links: ImageFile[] = programs.filter((name) => name !== 'busybox').map((name) => ({ path: `/bin/${name}`, link: 'busybox' }));
      await packFiles(
        [
          { path: '/bin/busybox', source: binary, mode: 0o755 },
          ...links,
          { path: '/etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' },
          { path: '/etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
          { path: '/root', directory: true, mode: 0o700 },
          { path: '/tmp', directory: true, mode: 0o1777 },
        ],
        tar,
      );
    },
  };
}
