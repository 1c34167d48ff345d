import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ToolError } from '../interfaces/errors.ts';
import type { ArchiveEntry } from '../interfaces/layout-store.ts';

const BLOCK = 512;
/** Of the field for a size in octal; beyond it the size stands there in binary, as GNU's tar writes it. */
const LARGEST_OCTAL = 8 ** 11 - 1;

/**
 * Writes a tar archive (ustar) with times of 1970, so that the same entries give the same bytes. Each blob is hashed while it is read. Throws
 * ToolError where one is not what its digest says.
 */
export async function packTar(path: string, entries: readonly ArchiveEntry[], locate: (digest: string) => string): Promise<void> {
  await pipeline(tarOf(entries, locate), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}

async function* tarOf(entries: readonly ArchiveEntry[], locate: (digest: string) => string): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    if ('content' in entry) {
      const content = Buffer.from(entry.content);
      yield headerOf(entry.name, content.length);
      yield content;
      yield padding(content.length);
    } else {
      yield headerOf(entry.name, entry.blob.size);
      yield* verified(entry.blob, locate(entry.blob.digest));
      yield padding(entry.blob.size);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* verified({ digest, size }: { digest: string; size: number }, path: string): AsyncGenerator<Uint8Array> {
  const [algorithm = '', expected] = digest.split(':');
  const hash = createHash(algorithm);
  let seen = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    seen += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  if (seen !== size) throw new ToolError(`Blob ${digest} of the layout has ${seen} bytes instead of ${size}`);
  if (hash.digest('hex') !== expected) throw new ToolError(`Blob ${digest} of the layout has other content than was scanned`);
}

/** Owned by nobody in particular, readable by all. */
function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new ToolError(`"${name}" is too long for a file of an archive`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size <= LARGEST_OCTAL) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
