import { constants } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { Descriptor } from '../../images/descriptor.ts';
import { run } from '../../images/process.ts';
import { executablePaths, programFolder, programVersion } from '../cache.ts';
import { type ProgramName, pins } from '../pins.ts';
import { type Published, publishedAt } from './address.ts';
import { layersOf } from './artifact.ts';
import { PublishedRepository } from './registry.ts';

/** Between two lines about one program, ms. */
const TELL_EACH = 5_000;

/** Programs that need not be built: those of the published artifact whose keys are those of this checkout. */
export class PublishedPrograms {
  readonly #missing: readonly ProgramName[];
  readonly #onProgress: (line: string) => void;
  #repository: PublishedRepository | undefined;
  #layers = new Map<ProgramName, Descriptor>();
  /** Bytes of what was taken, and of all that can be. */
  #taken = 0;
  #size = 0;

  private constructor(missing: readonly ProgramName[], onProgress: (line: string) => void) {
    this.#missing = missing;
    this.#onProgress = onProgress;
  }

  /** Asks once which of `missing` can be had; a line says why none. Throws a ClusterError where TODO_DEPLOY_PROGRAMS cannot be understood. */
  static async open(missing: readonly ProgramName[], onProgress: (line: string) => void): Promise<PublishedPrograms> {
    const programs = new PublishedPrograms(missing, onProgress);
    if (missing.length === 0) return programs;
    const published = publishedAt();
    if (typeof published === 'string') {
      onProgress(`no published programs: ${published}`);
      return programs;
    }
    await programs.#ask(published).catch((error: unknown) => {
      onProgress(`no published programs from ${published.repository}: ${firstLine(error)}`);
    });
    return programs;
  }

  /** Those of the missing ones that cannot be had, or no longer. */
  notOffered(): ProgramName[] {
    return this.#missing.filter((name) => !this.#layers.has(name));
  }

  /** Puts the files of a program into the folder `into`. False where it has to be built; why was told. */
  async take(name: ProgramName, into: string): Promise<boolean> {
    const layer = this.#layers.get(name);
    if (layer === undefined || this.#repository === undefined) return false;
    const archive = `${into}.tar.gz`;
    try {
      await this.#repository.download(layer, archive, this.#teller(`${name} ${programVersion(name)}`));
      await run('tar', ['-xzf', archive, '--no-same-owner', '-C', into]);
      for (const [file] of executablePaths(name)) await access(join(into, file), constants.X_OK);
      for (const file of Object.keys(pins[name].files ?? {})) await access(join(into, file));
    } catch (error) {
      // What failed after all repetitions fails for the others too.
      this.#layers.clear();
      this.#onProgress(`${name} is not taken: ${firstLine(error)}; what is missing is built`);
      return false;
    } finally {
      await rm(archive, { force: true });
    }
    this.#taken += layer.size;
    return true;
  }

  async close(): Promise<void> {
    await this.#repository?.close();
  }

  async #ask({ repository, digest }: Published): Promise<void> {
    this.#repository = new PublishedRepository(repository);
    const published = layersOf(await this.#repository.manifest(digest));
    for (const name of this.#missing) {
      const layer = published.get(basename(programFolder(name)));
      if (layer !== undefined) this.#layers.set(name, layer);
    }
    const size = [...this.#layers.values()].reduce((sum, layer) => sum + layer.size, 0);
    this.#size = size;
    if (this.#layers.size === 0) throw new Error(`${digest.slice(0, 19)}… was made of other versions, or for another platform`);
    this.#onProgress(`taking ${this.#layers.size} of ${this.#missing.length} programs from ${repository}: ${megabytes(size)} MB`);
  }

  #teller(what: string): (received: number) => void {
    let told = Date.now();
    return (received) => {
      if (Date.now() - told < TELL_EACH) return;
      told = Date.now();
      this.#onProgress(`taking ${what}: ${megabytes(this.#taken + received)} of ${megabytes(this.#size)} MB`);
    };
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

const firstLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';
