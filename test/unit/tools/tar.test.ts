import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import fc from 'fast-check';
import { sha256 } from '../../../src/build/layout.ts';
import { ToolError } from '../../../src/interfaces/errors.ts';
import type { ArchiveEntry } from '../../../src/interfaces/layout-store.ts';
import { filesInTar } from '../../../src/interfaces/reading/tar.ts';
import { packTar } from '../../../src/tools/tar.ts';

let folder: string;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tar-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes blobs beside the archive, and packs. */
async function pack(entries: readonly ArchiveEntry[], blobs: Readonly<Record<string, Uint8Array>> = {}): Promise<string> {
  for (const [digest, bytes] of Object.entries(blobs)) writeFileSync(join(folder, digest.slice(7)), bytes);
  count += 1;
  const path = join(folder, `${count}.tar`);
  await packTar(path, entries, (digest) => join(folder, digest.slice(7)));
  return path;
}

const blob = (bytes: Uint8Array, said: Partial<{ digest: string; size: number }> = {}): ArchiveEntry => ({
  name: `blobs/${sha256(bytes).replace(':', '/')}`,
  blob: { digest: sha256(bytes), size: bytes.length, ...said },
});

describe('an archive', () => {
  test('holds its entries, whatever their size', async () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 2_000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(contents, fc.string(), async (list, text) => {
        const blobs = Object.fromEntries(list.map((bytes) => [sha256(bytes), bytes]));
        const path = await pack([{ name: 'index.json', content: text }, ...list.map((bytes) => blob(bytes))], blobs);
        const files = [...filesInTar(readFileSync(path), (why) => new ToolError(why))].map(({ name, content }) => [
          name,
          content.toString('hex'),
        ]);
        expect(files).toEqual([
          ['index.json', Buffer.from(text).toString('hex')],
          ...list.map((bytes) => [`blobs/${sha256(bytes).replace(':', '/')}`, Buffer.from(bytes).toString('hex')]),
        ]);
      }),
      { numRuns: 30 },
    );
  });

  test('is read by tar, and the same each time', async () => {
    const bytes = Buffer.from('x'.repeat(70_000));
    const entries = [{ name: 'oci-layout', content: '{}' }, blob(bytes)];
    const path = await pack(entries, { [sha256(bytes)]: bytes });
    expect(execaSync('tar', ['--list', '--file', path]).stdout.split('\n')).toEqual([
      'oci-layout',
      `blobs/sha256/${sha256(bytes).slice(7)}`,
    ]);
    expect(execaSync('tar', ['--extract', '--to-stdout', '--file', path, entries[1]?.name ?? '']).stdout).toBe(bytes.toString());
    expect(readFileSync(await pack(entries))).toEqual(readFileSync(path));
  });

  const bytes = Buffer.from('content');
  const other = Buffer.from('cOntent');
  test.each<[string, Uint8Array, Partial<{ size: number }>, string]>([
    ['other content', other, {}, 'has other content than was scanned'],
    ['more than it says', Buffer.concat([bytes, bytes]), {}, 'has 14 bytes instead of 7'],
    ['less than it says', bytes.subarray(0, 3), {}, 'has 3 bytes instead of 7'],
  ])('is refused for a blob with %s', async (_name, held, said, message) => {
    await expect(pack([blob(bytes, said)], { [sha256(bytes)]: held })).rejects.toThrow(message);
  });

  test('a name that has no room is refused', async () => {
    await expect(pack([{ name: 'x'.repeat(101), content: '' }])).rejects.toThrow('is too long');
  });
});
