import { ToolError } from '../interfaces/errors.ts';
import type { ImageArchive } from '../interfaces/home-cluster.ts';
import { formatImage, parseImage } from '../interfaces/image-reference.ts';
import type { LayoutStore } from '../interfaces/layout-store.ts';
import type { Log } from '../interfaces/log.ts';
import { archiveOf, idsOf } from './archive.ts';
import { contentsOf } from './contents.ts';
import type { BuiltLayout } from './model.ts';
import { sizeText } from './publish.ts';

interface LoadTools {
  store: Pick<LayoutStore, 'pack'>;
  log: Pick<Log, 'info'>;
  /** Digests of the images that passed the scan, as it names them. */
  scanned: ReadonlySet<string>;
  repositoryOf: (name: string) => string;
  load(archive: ImageArchive): Promise<void>;
  signal: AbortSignal;
}

/**
 * Gives the layouts that were scanned, byte for byte, to the nodes of a home cluster, one after the other. Throws ToolError where one was
 * not scanned, is not what was scanned, or did not arrive.
 */
export async function loadImages(layouts: readonly BuiltLayout[], tools: LoadTools): Promise<void> {
  // All of them before the first is loaded.
  for (const layout of layouts) contentsOf(layout, tools.scanned);
  for (const built of layouts) {
    tools.signal.throwIfAborted();
    const { name } = built.spec;
    const { tag, ids } = idsOf(built);
    const reference = fullName(`${tools.repositoryOf(name)}:${tag}`);
    if (built.layout === undefined) throw new ToolError(`Image "${name}" was not built here`, { reason: 'load-failed' });
    const path = await tools.store.pack(built.layout, name, archiveOf(built, reference));
    await tools.load({ path, reference, ids });
    const bytes = built.platforms.reduce((sum, platform) => sum + platform.bytes, 0);
    tools.log.info(`[${name}] loaded ${reference} (${sizeText(bytes)})`);
  }
}

/** As the kubelet asks for it: `docker.io/library/web:…` for `web:…`. */
function fullName(image: string): string {
  const { reference } = parseImage(image);
  if (reference === undefined) throw new ToolError(`"${image}" is no name for an image`, { reason: 'load-failed' });
  return formatImage(reference);
}
