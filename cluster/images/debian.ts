import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEBIAN } from './pins.ts';
import { run } from './process.ts';
import type { LayerRecipe, StoredLayer } from './recipe.ts';
import { packDifference } from './tree.ts';

/** What containers do not read, left out as Debian's slim images do; licences stay. */
const SLIM = ['man', 'info', 'locale', 'groff', 'lintian', 'linda', 'bug'].map((name) => `path-exclude=/usr/share/${name}/*`);
const DOC = ['path-exclude=/usr/share/doc/*', 'path-include=/usr/share/doc/*/copyright'];
const DPKG_OPTIONS = [...SLIM, ...DOC].map((option) => `--dpkgopt=${option}`);

/** The one root layer under all images: Debian's minbase and the public certificates. */
export function debianRoot(): LayerRecipe {
  const packages = ['ca-certificates'];
  return {
    name: 'debian',
    pins: [DEBIAN, DPKG_OPTIONS, packages],
    async pack(tar, scratch) {
      const started = new Date();
      const root = join(scratch, 'root');
      await mmdebstrap(root, ['--variant=minbase', ...DPKG_OPTIONS, `--include=${packages.join(',')}`]);
      await packDifference(root, undefined, tar, started);
    },
  };
}

/**
 * A layer of Debian packages over `base`. `before` and `after` are shell commands around the installation that see the new
 * root as `$1`.
 */
export function debianPackages(
  base: StoredLayer,
  layer: { name: string; packages: readonly string[]; before?: readonly string[]; after?: readonly string[] },
): LayerRecipe {
  return {
    name: layer.name,
    pins: [base.descriptor.digest, layer],
    async pack(tar, scratch) {
      const started = new Date();
      const [root, lower] = [join(scratch, 'root'), join(scratch, 'base')];
      await mkdir(lower);
      await run('tar', ['--numeric-owner', '-xpzf', base.blob, '-C', lower]);
      const install = `chroot "$1" apt-get install -y -qq --no-install-recommends ${layer.packages.join(' ')}`;
      await mmdebstrap(root, [
        '--variant=custom',
        `--setup-hook=tar --numeric-owner -xpzf '${base.blob}' -C "$1"`,
        ...[...(layer.before ?? []), install, ...(layer.after ?? [])].map((command) => `--customize-hook=${command}`),
      ]);
      await packDifference(root, lower, tar, started);
    },
  };
}

/** Unpacks Debian packages and their dependencies into the folder `root`, running none of their scripts. */
export async function extractPackages(root: string, packages: readonly string[]): Promise<void> {
  await mmdebstrap(root, ['--variant=extract', ...DPKG_OPTIONS, `--include=${packages.join(',')}`]);
}

async function mmdebstrap(root: string, args: readonly string[]): Promise<void> {
  // In a mount namespace of its own: if it is killed, what it had mounted into the new root goes with it.
  const options = ['--format=directory', `--keyring=${DEBIAN.keyring}`, ...args, DEBIAN.suite, root, ...DEBIAN.sources];
  await run('unshare', ['--mount', '--propagation', 'private', '--', 'mmdebstrap', ...options]);
}
