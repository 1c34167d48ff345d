import { ToolError } from '../interfaces/errors.ts';
import { contentTag, parseImage } from '../interfaces/image-reference.ts';
import type { ArchiveEntry } from '../interfaces/layout-store.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import type { BuiltLayout, PlatformImage } from './model.ts';

/** What a runtime may call the image by: its configuration's digest, which is its id, and that of its manifest. */
export interface LoadedIds {
  tag: string;
  ids: [config: string, manifest: string];
}

/** Throws ToolError where it is not one image: nodes are of one platform. */
export function idsOf({ spec, platforms }: BuiltLayout): LoadedIds {
  const { image, config } = theOnly(spec.name, platforms);
  return { tag: contentTag(config.digest), ids: [config.digest, image.descriptor.digest] };
}

/**
 * The files of an archive that every container runtime takes, as the layout's own bytes: an OCI layout for containerd, which passes over docker's
 * manifest.json where there is a layout (containerd 2.4, core/images/archive/importer.go), and docker's manifest.json for `docker load` and
 * `podman load`. BuildKit's exporter `docker` and `docker save` write the same. The name stands under the annotation that containerd looks at
 * first, since OCI's own may be a tag alone.
 */
export function archiveOf(layout: BuiltLayout, reference: string): ArchiveEntry[] {
  const { image, config, layers } = theOnly(layout.spec.name, layout.platforms);
  const tag = parseImage(reference).reference?.tag ?? '';
  const annotations = { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': tag };
  const { mediaType, digest, size, platform } = image.descriptor;
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType, digest, size, ...(platform !== undefined && { platform }), annotations }],
  };
  const forDocker = [{ Config: pathOf(config), RepoTags: [reference], Layers: layers.map(pathOf) }];
  const blobs = new Map([image.descriptor, config, ...layers].map((blob) => [blob.digest, blob]));
  return [
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify(index) },
    { name: 'manifest.json', content: JSON.stringify(forDocker) },
    ...[...blobs.values()].map((blob) => ({ name: pathOf(blob), blob })),
  ];
}

const pathOf = ({ digest }: Descriptor): string => `blobs/${digest.replace(':', '/')}`;

function theOnly(name: string, platforms: readonly PlatformImage[]): { image: PlatformImage; config: Descriptor; layers: Descriptor[] } {
  const [image, ...others] = platforms;
  const [config, ...layers] = image?.blobs ?? [];
  if (image !== undefined && config !== undefined && others.length === 0) return { image, config, layers };
  throw new ToolError(`Image "${name}" was built for ${platforms.map(({ platform }) => platform).join(', ')}: nodes take one platform`, {
    reason: 'load-failed',
  });
}
