import { chmod, chown, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './process.ts';

/**
 * One entry of an image's root. `path` is absolute inside the image; `mode` defaults to 0644 (0755
 * for folders), `owner` (user and group, needs root to build) to 0. */
export type ImageFile = { path: string; mode?: number; owner?: number } & (
  | { source: string }
  | { content: string | Uint8Array }
  | { link: string }
  | { directory: true }
);

/** Arguments that make GNU tar write the same bytes for the same tree: sorted, no times, no names of this machine. */
const REPRODUCIBLE = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];

/** Lays `files` out below a scratch folder and packs them as the tar file `out`. */
export async function packFiles(files: readonly ImageFile[], out: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'image-layer-'));
  try {
    await chmod(root, 0o755);
    for (const file of files) await place(root, file);
    const owned = files.some((file) => file.owner !== undefined);
    await run('tar', [...REPRODUCIBLE, ...(owned ? [] : ['--owner=0', '--group=0']), '-C', root, '-cf', out, '.']);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function place(root: string, file: ImageFile): Promise<void> {
  const target = join(root, file.path);
  await mkdir('directory' in file ? target : dirname(target), { recursive: true, mode: 0o755 });
  if ('link' in file) return symlink(file.link, target);
  if ('directory' in file) await chmod(target, file.mode ?? 0o755);
  else if ('source' in file) await cp(file.source, target, { recursive: true, dereference: false, verbatimSymlinks: true });
  else await writeFile(target, file.content);
  if (file.mode !== undefined || 'content' in file) await chmod(target, file.mode ?? 0o644);
  if (file.owner !== undefined) await chown(target, file.owner, file.owner);
}
