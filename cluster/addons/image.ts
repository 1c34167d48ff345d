import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUN } from '../config.ts';
import { ctr, importImage } from '../containerd.ts';
import { type ImageFile, singleBinaryImage } from '../images/oci.ts';
import { executablePaths, programFolder } from '../programs/cache.ts';
import type { ProgramName } from '../programs/pins.ts';
import type { Enter } from '../space.ts';

/** A static program as an image on every node, named after its build: a new build is a new image. Gives the reference. */
export async function addonImage(program: ProgramName, nodes: readonly Enter[], extraFiles: readonly ImageFile[] = []): Promise<string> {
  const [binary = ''] = executablePaths(program).map(([, path]) => path);
  return nodeImage(basename(programFolder(program)).replace(`${program}-`, `${program}:`), nodes, { binary, extraFiles });
}

/** Makes an image once and every node know it. `name` is `NAME:TAG`; the tag must change with the content. */
export async function nodeImage(
  name: string,
  nodes: readonly Enter[],
  content: { binary: string; name?: string; extraFiles?: readonly ImageFile[] },
): Promise<string> {
  const ref = `localhost/${name}`;
  const out = join(RUN, 'images', `${name.replace(':', '-')}.tar`);
  const lists = await Promise.all(nodes.map((enter) => ctr(enter, ['images', 'ls', '-q'])));
  const without = nodes.filter((_, index) => !lists[index]?.split('\n').includes(ref));
  if (without.length > 0 && !existsSync(out)) await singleBinaryImage({ out, ref, ...content });
  await Promise.all(without.map((enter) => importImage(enter, out)));
  return ref;
}
