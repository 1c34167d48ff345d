import type { Descriptor } from './registry.ts';

/** A file of an archive: its content, or a blob of the layout by digest. */
export type ArchiveEntry = { name: string; content: string } | { name: string; blob: Pick<Descriptor, 'digest' | 'size'> };

/** OCI layout folders on disk. */
export interface LayoutStore {
  /** A new, empty folder that the post step removes. */
  create(name: string): Promise<string>;
  /** Content of `index.json`. */
  index(layout: string): Promise<string>;
  blob(layout: string, digest: string): Promise<Uint8Array>;
  /** A folder that shows one image of a layout as if it were alone; the blobs are shared, not copied. */
  view(layout: string, image: Descriptor, indexJson: string): Promise<string>;
  /**
   * Packs entries into a new tar archive that the post step removes, and returns its path. Throws ToolError where a blob is not what its digest
   * says.
   */
  pack(layout: string, name: string, entries: readonly ArchiveEntry[]): Promise<string>;
}
