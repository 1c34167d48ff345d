import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIn } from './host.ts';
import { packFiles } from './layer.ts';
import { hostArchitecture } from './oci.ts';
import { NODE, NPM } from './pins.ts';
import { run } from './process.ts';
import type { LayerRecipe, StoredLayer } from './recipe.ts';

/** Node and npm below /usr/local, and the user `node` (1000), as Docker Hub's image has them. */
export function nodeLayer(base: StoredLayer): LayerRecipe {
  const architecture = hostArchitecture();
  const node = NODE.packages[architecture];
  if (!node) throw new Error(`There is no pinned Node for ${architecture}. Add its npm package to cluster/images/pins.ts.`);
  return {
    name: 'node',
    pins: [base.descriptor.digest, NODE, NPM],
    async pack(tar, scratch) {
      const [nodeRoot, npmRoot] = await Promise.all([
        unpack(scratch, node.name, NODE.version, node.integrity),
        unpack(scratch, 'npm', NPM.version, NPM.integrity),
      ]);
      const [passwd, group] = [await fileIn(base, '/etc/passwd'), await fileIn(base, '/etc/group')];
      await packFiles(
        [
          { path: '/usr/local/bin/node', source: join(nodeRoot, 'bin/node'), mode: 0o755 },
          { path: '/usr/local/bin/nodejs', link: 'node' },
          { path: '/usr/local/lib/node_modules/npm', source: npmRoot },
          { path: '/usr/local/bin/npm', link: '../lib/node_modules/npm/bin/npm-cli.js' },
          { path: '/usr/local/bin/npx', link: '../lib/node_modules/npm/bin/npx-cli.js' },
          { path: '/etc/passwd', content: `${passwd}node:x:1000:1000::/home/node:/bin/bash\n` },
          { path: '/etc/group', content: `${group}node:x:1000:\n` },
          { path: '/home/node', directory: true, owner: 1000 },
        ],
        tar,
      );
    },
  };
}

/** Fetches an npm package by npm's own client, checks it against its pin, and returns the folder of its content. */
async function unpack(scratch: string, name: string, version: string, integrity: string): Promise<string> {
  const dir = join(scratch, name);
  await mkdir(join(dir, 'root'), { recursive: true });
  await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', dir], { cwd: dir });
  const file = (await readdir(dir)).find((entry) => entry.endsWith('.tgz'));
  if (!file) throw new Error(`npm pack ${name}@${version} left no archive in ${dir}`);
  const found = `sha512-${createHash('sha512')
    .update(await readFile(join(dir, file)))
    .digest('base64')}`;
  if (found !== integrity) throw new Error(`${name}@${version} is not what cluster/images/pins.ts pins: ${found} instead of ${integrity}`);
  await run('tar', ['--no-same-owner', '--strip-components=1', '-xzf', join(dir, file), '-C', join(dir, 'root')]);
  return join(dir, 'root');
}
