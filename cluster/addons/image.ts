import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUN } from '../config.ts';
import { ctr, importImage } from '../containerd.ts';
import { type ImageFile, singleBinaryImage } from '../images/oci.ts';
import { executablePaths, programImage } from '../programs/cache.ts';
import type { ProgramName } from '../programs/pins.ts';
import type { Enter } from '../space.ts';

/** A static program as an image that every node has, named after its build: a new build is a new image. Gives the reference. */
export async function addonImage(program: ProgramName, nodes: readonly Enter[], extraFiles: readonly ImageFile[] = []): Promise<string> {
  const ref = programImage(program);
  const out = join(RUN, 'images', `${basename(ref).replace(':', '-')}.tar`);
  const [binary = ''] = executablePaths(program).map(([, path]) => path);
  const lists = await Promise.all(nodes.map((enter) => ctr(enter, ['images', 'ls', '-q'])));
  const without = nodes.filter((_, index) => !lists[index]?.split('\n').includes(ref));
  if (without.length > 0 && !existsSync(out)) await singleBinaryImage({ out, ref, binary, extraFiles });
  await Promise.all(without.map((enter) => importImage(enter, out)));
  return ref;
}
