import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CACHE } from '../config.ts';
import { moduleFolder, ownModules, requiredVersion } from './modules.ts';
import { allPrograms, kubernetesFolders, type Pin, type ProgramName, pins } from './pins.ts';

/** The folder for built programs, outside the repository. */
export function programsFolder(): string {
  return join(CACHE, 'programs');
}

export function programVersion(name: ProgramName): string {
  return requiredVersion(pins[name].folder, pins[name].module);
}

/** The folder of exactly this build of a pin: its name depends on the version, the modules used, our sources and the options. */
export function programFolder(name: ProgramName): string {
  return folderOf(name, pins[name]);
}

/** The folders of all builds of this checkout, whichever Kubernetes is asked for. */
export function allProgramFolders(): string[] {
  const ofKubernetes = Object.values(kubernetesFolders).map((folder) => folderOf('kubernetes', { ...pins.kubernetes, folder }));
  return [...new Set([...allPrograms.map(programFolder), ...ofKubernetes])].sort();
}

function folderOf(name: ProgramName, pin: Pin): string {
  return join(programsFolder(), `${name}-${requiredVersion(pin.folder, pin.module)}-${pinHash(pin)}`);
}

/** The image on the nodes that contains this build alone. */
export function programImage(name: ProgramName): string {
  return `localhost/${name}:${basename(programFolder(name)).slice(name.length + 1)}`;
}

export function isBuilt(name: ProgramName): boolean {
  return existsSync(programFolder(name));
}

/** A build's time is that of its last use: see prune.ts. */
export function markUsed(name: ProgramName): void {
  const now = new Date();
  utimesSync(programFolder(name), now, now);
}

/** Every executable of a program, by the name it is called by, with its absolute path. */
export function executablePaths(name: ProgramName): [string, string][] {
  const pin = pins[name];
  return [...Object.keys(pin.executables), ...(pin.links ?? [])].map((file) => [file, join(programFolder(name), file)]);
}

/** A file that a program takes from its module, with its absolute path. */
export const programFile = (name: ProgramName, file: string): string => join(programFolder(name), file);

function pinHash(pin: Pin): string {
  const hash = createHash('sha256').update(JSON.stringify([process.arch, pin]));
  const folder = moduleFolder(pin.folder);
  // A program of this repository without modules is not rebuilt when a module of the others changes.
  const inputs = pin.module === ownModules ? [] : ['go.mod', 'go.sum'];
  for (const file of [...inputs, ...ownSources(pin), ...trimSources(pin)]) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

function ownSources(pin: Pin): string[] {
  const folders = Object.values(pin.executables).filter((target) => target.startsWith('./'));
  return folders.flatMap((source) =>
    readdirSync(join(moduleFolder(pin.folder), source))
      .filter((file) => file.endsWith('.go'))
      .sort()
      .map((file) => join(source, file)),
  );
}

function trimSources(pin: Pin): string[] {
  return Object.values(pin.trim ?? {}).flatMap((files) => Object.values(files).filter((file) => file !== ''));
}
