import type { DeployError } from '../errors.ts';

const BLOCK = 512;

interface Entry {
  /** Path as the archive has it. */
  name: string;
  content: Buffer;
}

/**
 * Pure: the files of a tar archive (ustar, GNU's or pax's), in its order; links and folders are passed over. `wrong` makes the error from the
 * reason.
 */
export function* filesInTar(archive: Buffer, wrong: (why: string) => DeployError): Generator<Entry> {
  let long: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = sizeOf(header);
    const start = at + BLOCK;
    if (size === undefined || start + size > archive.length) throw wrong('it is not a tar archive, or it is cut off');
    const content = archive.subarray(start, start + size);
    const type = String.fromCharCode(header[156] ?? 0);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') long = textOf(content);
    else if (type === 'x') long = /(?:^|\n)\d+ path=([^\n]*)/.exec(content.toString('utf8'))?.[1] ?? long;
    else {
      if (type === '0' || type === '\0') yield { name: long ?? nameOf(header), content };
      long = undefined;
    }
  }
}

function sizeOf(header: Buffer): number | undefined {
  const text = textOf(header.subarray(124, 136)).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function nameOf(header: Buffer): string {
  const [name, prefix] = [textOf(header.subarray(0, 100)), textOf(header.subarray(345, 500))];
  return header.subarray(257, 262).toString() === 'ustar' && prefix !== '' ? `${prefix}/${name}` : name;
}

/** Up to the first NUL. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}
