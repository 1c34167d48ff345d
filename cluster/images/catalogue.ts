import { busyboxLayer } from './busybox.ts';
import type { ImageConfig } from './config.ts';
import { debianRoot } from './debian.ts';
import { hostEnvironment, hostLayer, hostSettings } from './host.ts';
import { nodeLayer } from './node.ts';
import { DEBIAN, NODE, POSTGRES, PYTHON } from './pins.ts';
import { postgresConfig, postgresEntrypoint, postgresPackages } from './postgres.ts';
import { pythonLayer } from './python.ts';
import { type Image, type LayerRecipe, type Log, type StoredLayer, storedLayer } from './recipe.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The base images that Dockerfiles and charts of this project name, under the names that Docker Hub gives them. */
export async function baseImages(cache: string, log: Log): Promise<Image[]> {
  const make = (recipe: LayerRecipe): Promise<StoredLayer> => storedLayer(cache, recipe, log);
  const busybox = make(busyboxLayer());
  const debian = await make(debianRoot());
  const settings = await hostSettings(debian, log);
  const recipe = hostLayer(debian, settings);
  const [host, node, python, postgres, entrypoint] = await all([
    recipe ? make(recipe) : undefined,
    make(nodeLayer(debian)),
    make(pythonLayer(debian)),
    make(postgresPackages(debian)),
    make(postgresEntrypoint()),
  ]);
  const over = host ? [host] : [];
  const env = { PATH, ...hostEnvironment(settings) };
  const config = (extra: ImageConfig): ImageConfig => ({ ...extra, env: { ...env, ...extra.env } });
  return [
    image(
      'debian',
      [`${DEBIAN.suite}-slim`, `${DEBIAN.version}-slim`, DEBIAN.suite, DEBIAN.version],
      [debian, ...over],
      config({ cmd: ['bash'] }),
    ),
    image(
      'node',
      ['24-slim', '24', `${NODE.version}-slim`, `24-${DEBIAN.suite}-slim`],
      [debian, node, ...over],
      config({ cmd: ['node'], env: { NODE_VERSION: NODE.version } }),
    ),
    image(
      'python',
      pythonTags(),
      [debian, python, ...over],
      config({ cmd: ['python3'], env: { LANG: 'C.UTF-8', PYTHON_VERSION: PYTHON.version } }),
    ),
    image('postgres', [POSTGRES.major, `${POSTGRES.major}-${DEBIAN.suite}`], [debian, postgres, entrypoint], postgresConfig),
    image('busybox', ['latest', '1.37', 'stable'], [await busybox], { cmd: ['sh'], env: { PATH } }),
  ];
}

function image(name: string, tags: readonly string[], layers: readonly StoredLayer[], config: ImageConfig): Image {
  return { repository: `library/${name}`, tags, layers, config };
}

function pythonTags(): string[] {
  const { version } = PYTHON;
  return [`${version}-slim`, version, `${version}-slim-${DEBIAN.suite}`];
}

/** Waits for all, even if one fails: nothing continues in the background after an error. */
async function all<const T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as never;
}
