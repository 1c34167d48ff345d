import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from '../errors.ts';
import { moduleFolder } from './modules.ts';
import type { Pin } from './pins.ts';

/**
 * Writes the file for `go build -overlay` that a pin asks for and gives the options that name it; none where it asks for none.
 * An empty replacement leaves a file out.
 */
export function overlayArguments(pin: Pin, target: string): string[] {
  if (pin.overlay === undefined) return [];
  const replace: Record<string, string> = {};
  for (const [module, files] of Object.entries(pin.overlay)) {
    const source = downloadedFolder(pin.folder, module);
    for (const [file, own] of Object.entries(files)) replace[join(source, file)] = own === '' ? '' : join(moduleFolder(pin.folder), own);
  }
  writeFileSync(target, JSON.stringify({ Replace: replace }));
  return ['-overlay', target];
}

/** Where the module cache holds a module; downloads it first when needed. */
function downloadedFolder(folder: string, module: string): string {
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '' };
  const options = { cwd: moduleFolder(folder), encoding: 'utf8', env, timeout: 10 * 60_000 } as const;
  spawnSync('go', ['mod', 'download', module], options);
  const listed = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', module], options);
  if (listed.status !== 0 || listed.stdout.trim() === '')
    throw new ClusterError(`${module} could not be downloaded: ${listed.stderr.trim()}`);
  return listed.stdout.trim();
}
