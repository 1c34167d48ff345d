import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The module of the programs written here; its version is that of this repository's cluster. */
export const ownModules = 'todo-deploy.dev/cluster/programs';

const OWN_VERSION = 'v1.0.0';

/** Folder of a go.mod, absolute. `folder` is relative to cluster/programs. */
export function moduleFolder(folder: string): string {
  return join(import.meta.dirname, folder);
}

/** The version that a folder's go.mod requires of a module, such as `v1.36.3`. */
export function requiredVersion(folder: string, module: string): string {
  if (module === ownModules) return OWN_VERSION;
  const escaped = module.replaceAll('.', '\\.');
  const found = new RegExp(`^\\s*(?:require\\s+)?${escaped}\\s+(v\\S+)`, 'm').exec(readGoMod(folder))?.[1];
  if (found === undefined) throw new Error(`cluster/programs/${folder}/go.mod does not require ${module}`);
  return found.replace('+incompatible', '');
}

/** The Go version that a folder's go.mod requires, such as `1.26.8`. */
export function requiredGo(folder: string): string {
  return /^go\s+(\S+)/m.exec(readGoMod(folder))?.[1] ?? '1.26';
}

function readGoMod(folder: string): string {
  return readFileSync(join(moduleFolder(folder), 'go.mod'), 'utf8');
}
