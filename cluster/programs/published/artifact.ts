import { createHash } from 'node:crypto';
import { isDigest } from '../../../src/interfaces/image-reference.ts';
import type { Descriptor } from '../../images/descriptor.ts';

/** What the artifact is, and what each of its layers is: a gzipped tar of one build's files. */
export const ARTIFACT = 'application/vnd.todo-deploy.programs.v1';
export const LAYER = 'application/vnd.todo-deploy.program.v1.tar+gzip';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';
const TITLE = 'org.opencontainers.image.title';
const SOURCE = 'org.opencontainers.image.source';
const ENDING = '.tar.gz';

/** The largest layer that is taken, bytes: Kubernetes has some 50 MB. */
const MOST = 1 << 30;

export interface Build {
  /** Name of its folder in the cache, which holds a hash of all that it is built from: `etcd-v3.6.16-0123456789ab`. */
  key: string;
  layer: Descriptor;
}

/** The manifest over these builds. No dates, sorted: the same builds are the same bytes. `config` is an empty object's descriptor. */
export function manifestOf(builds: readonly Build[], config: Descriptor, source: string): Buffer {
  const layers = [...builds]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, layer: { digest, size } }) => ({ mediaType: LAYER, digest, size, annotations: { [TITLE]: `${key}${ENDING}` } }));
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: ARTIFACT,
    config: { ...config, mediaType: EMPTY },
    layers,
    annotations: { [SOURCE]: source },
  };
  return Buffer.from(JSON.stringify(manifest));
}

/** The layers of a manifest by their builds' keys. Throws an Error that says what is wrong where it is not such an artifact. */
export function layersOf(manifest: Uint8Array): Map<string, Descriptor> {
  const { artifactType, layers } = JSON.parse(Buffer.from(manifest).toString('utf8')) as { artifactType?: unknown; layers?: unknown };
  if (artifactType !== ARTIFACT || !Array.isArray(layers)) throw new Error(`it is not of type ${ARTIFACT}`);
  return new Map(
    layers.map((layer: Partial<Descriptor> | null) => {
      const title = layer?.annotations?.[TITLE] ?? '';
      const { mediaType = '', digest = '', size = -1 } = layer ?? {};
      if (mediaType !== LAYER || !title.endsWith(ENDING)) throw new Error(`a layer "${title}" of type "${mediaType}" is no program`);
      if (!isDigest(digest)) throw new Error(`its ${title} has the digest "${digest}"`);
      if (!Number.isSafeInteger(size) || size < 1 || size > MOST) throw new Error(`its ${title} has ${size} bytes`);
      return [title.slice(0, -ENDING.length), { mediaType, digest, size }];
    }),
  );
}

/** A name for people and for the registry's clean-up: what the artifact is trusted by is its digest. */
export function tagOf(keys: readonly string[], platform: string): string {
  const hash = createHash('sha256')
    .update([...keys].sort().join('\n'))
    .digest('hex');
  return `${platform.replace('/', '-')}-${hash.slice(0, 12)}`;
}
