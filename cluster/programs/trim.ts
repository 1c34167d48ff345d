import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { downloadedFolder } from './download.ts';
import { moduleFolder } from './modules.ts';
import type { Pin } from './pins.ts';

/**
 * Copies the modules that a pin trims into `target`, with the pin's files in place of theirs (none: left out). Returns the options that make
 * `go build` use the copies. Go does not allow overlays on its module cache, so the modules are replaced.
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
