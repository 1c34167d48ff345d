import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { ClusterError } from '../errors.ts';
import { moduleFolder } from './modules.ts';
import type { Pin } from './pins.ts';

/** The folder of a module in the module cache; downloads it if needed. */
export function downloadedFolder(folder: string, module: string): string {
  const options = { cwd: moduleFolder(folder), env: { GOWORK: 'off', GOFLAGS: '' }, timeout: 10 * 60_000, reject: false } as const;
  execaSync('go', ['mod', 'download', module], options);
  const listed = execaSync('go', ['list', '-m', '-f', '{{.Dir}}', module], options);
  if (listed.failed || listed.stdout === '') throw new ClusterError(`${module} could not be downloaded: ${listed.stderr}`);
  return listed.stdout;
}

/** Puts the files that a pin takes from its module into `target`. */
export function takeFiles({ module, folder, files = {} }: Pin, target: string): void {
  if (Object.keys(files).length === 0) return;
  mkdirSync(target, { recursive: true });
  const source = downloadedFolder(folder, module);
  for (const [name, path] of Object.entries(files)) writeFileSync(join(target, name), textOf(join(source, path)));
}

function textOf(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  const names = readdirSync(path).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  if (names.length === 0) throw new ClusterError(`${path} holds no YAML`);
  return names
    .sort()
    .map((name) => readFileSync(join(path, name), 'utf8').trimEnd())
    .join('\n---\n')
    .concat('\n');
}
