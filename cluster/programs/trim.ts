import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execaSync } from 'execa';
import { ClusterError } from '../errors.ts';
import { moduleFolder } from './modules.ts';
import type { Pin } from './pins.ts';

/**
 * Copies the modules that a pin trims into `target`, with the pin's files in the place of theirs (none: left out), and gives the options of
 * `go build` that make it use the copies. Go forbids to overlay files of its module cache, so a replaced module it is.
 */
export function trimArguments(pin: Pin, target: string): string[] {
  if (pin.trim === undefined) return [];
  rmSync(target, { recursive: true, force: true });
  let replaced = readFileSync(join(moduleFolder(pin.folder), 'go.mod'), 'utf8');
  for (const [module, files] of Object.entries(pin.trim)) {
    const copy = join(target, module);
    cpSync(downloadedFolder(pin.folder, module), copy, { recursive: true, filter: isSource });
    for (const [file, own] of Object.entries(files)) {
      rmSync(join(copy, file));
      if (own !== '') writeFileSync(join(copy, file), readFileSync(join(moduleFolder(pin.folder), own)));
    }
    replaced += `\nreplace ${module} => ${copy}\n`;
  }
  writeFileSync(join(target, 'go.mod'), replaced);
  cpSync(join(moduleFolder(pin.folder), 'go.sum'), join(target, 'go.sum'));
  return [`-modfile=${join(target, 'go.mod')}`];
}

function isSource(path: string): boolean {
  return basename(path) !== 'testdata' && !path.endsWith('_test.go');
}

/** Where the module cache holds a module; downloads it first when needed. */
function downloadedFolder(folder: string, module: string): string {
  const options = { cwd: moduleFolder(folder), env: { GOWORK: 'off', GOFLAGS: '' }, timeout: 10 * 60_000, reject: false } as const;
  execaSync('go', ['mod', 'download', module], options);
  const listed = execaSync('go', ['list', '-m', '-f', '{{.Dir}}', module], options);
  if (listed.failed || listed.stdout === '') throw new ClusterError(`${module} could not be downloaded: ${listed.stderr}`);
  return listed.stdout;
}
