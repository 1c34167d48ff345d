import { createHash } from 'node:crypto';
import { ToolError } from '../../interfaces/errors.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { Descriptor } from '../../interfaces/registry.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const ACCEPT = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(', ');

export interface Manifest {
  mediaType?: string;
  artifactType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
  subject?: Descriptor;
}

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What a manifest is: its own field, else by its content. */
export function mediaTypeOf(manifest: Manifest): string {
  return manifest.mediaType ?? (manifest.manifests === undefined ? OCI_MANIFEST : OCI_INDEX);
}

export function parseManifest(bytes: Uint8Array, digest: string): Manifest {
  return parseJsonObject<Manifest>(Buffer.from(bytes).toString('utf8'), (why) => new ToolError(`The manifest ${digest}: ${why}`));
}

export const EMPTY: { descriptor: Descriptor; bytes: Uint8Array } = {
  bytes: Buffer.from('{}'),
  descriptor: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 },
};

/** Pure: a descriptor without what else came with it. */
export const bare = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size });
