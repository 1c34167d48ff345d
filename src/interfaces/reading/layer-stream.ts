import { createGunzip, createZstdDecompress } from 'node:zlib';

/** A stream that unpacks an image's layer of this media type; undefined where it is not packed. Whoever reads it counts what comes out. */
export function layerStream(mediaType: string) {
  if (/[+.]gzip$/.test(mediaType)) return createGunzip();
  return /[+.]zstd$/.test(mediaType) ? createZstdDecompress() : undefined;
}
