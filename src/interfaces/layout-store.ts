import type { Descriptor } from './registry.ts';

/** OCI layout folders on disk. */
export interface LayoutStore {
  /** A new, empty folder that the post step removes. */
  create(name: string): Promise<string>;
  /** Content of `index.json`. */
  index(layout: string): Promise<string>;
  blob(layout: string, digest: string): Promise<Uint8Array>;
  /** A folder that shows one image of a layout as if it were alone; the blobs are shared, not copied. */
  view(layout: string, image: Descriptor, indexJson: string): Promise<string>;
}
