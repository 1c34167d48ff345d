import { createHash, type Hash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import type { Part, Scratch } from '../interfaces/backup-tools.ts';
import { DeployError, ToolError } from '../interfaces/errors.ts';
import type { PrivateFiles } from '../interfaces/files.ts';
import { codeOf } from '../interfaces/values.ts';

/** Room on a disk, private to this user; `close` removes it. */
export class ScratchFolder implements Scratch, PrivateFiles {
  readonly root: string;

  /** `base` exists: a volume of the Job, or the runner's folder for temporary files. */
  constructor(base: string) {
    this.root = mkdtempSync(join(base, 'todo-deploy-backup-'));
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  place(name: string): string {
    return join(this.root, `${name}-${randomUUID()}`);
  }

  folder(name: string): string {
    const path = this.place(name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  file(name: string, content: string | Uint8Array): string {
    const path = this.place(name);
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    return path;
  }

  directory(name: string): string {
    return this.folder(name);
  }

  write(folder: string, name: string, text: string): void {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }

  text(folder: string, name: string): string {
    return readFileSync(join(folder, name), 'utf8');
  }

  names(folder: string): string[] {
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  copy(from: string, to: string): void {
    // A Secret's volume holds its files behind links that begin with two dots.
    const filter = (path: string) => path === from || !basename(path).startsWith('.');
    cpSync(from, to, { recursive: true, dereference: true, filter });
  }

  remove(path: string): void {
    rmSync(path, { recursive: true, force: true });
  }

  async *parts(input: Readable, bytes: number): AsyncIterable<Part> {
    const file = this.place('part');
    let open: OpenPart | undefined;
    try {
      for await (const chunk of input as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length; ) {
          open ??= await OpenPart.create(file);
          const piece = chunk.subarray(from, from + bytes - open.bytes);
          await open.add(piece);
          from += piece.length;
          if (open.bytes < bytes) continue;
          const whole = open;
          open = undefined;
          yield await whole.end();
        }
      }
      if (open) yield await open.end();
    } catch (error) {
      if (error instanceof DeployError || codeOf(error) === '') throw error;
      throw new ToolError(`A part of the backup could not be written to the disk (${codeOf(error)})`, {
        reason: 'backup-failed',
        cause: error,
      });
    } finally {
      await open?.abandon();
      this.remove(file);
    }
  }

  hash(to?: Writable): { sink: Writable; result(): { bytes: number; sha256: string } } {
    const hash = createHash('sha256');
    let bytes = 0;
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        hash.update(chunk);
        bytes += chunk.length;
        if (to === undefined) done();
        else to.write(chunk, done);
      },
    });
    return { sink, result: () => ({ bytes, sha256: hash.digest('hex') }) };
  }
}

/** A part while it is written. */
class OpenPart {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  bytes = 0;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  static async create(file: string): Promise<OpenPart> {
    return new OpenPart(file, await open(file, 'w', 0o600));
  }

  async add(piece: Buffer): Promise<void> {
    this.#hash.update(piece);
    for (let from = 0; from < piece.length; ) {
      const { bytesWritten } = await this.#handle.write(piece, from);
      from += bytesWritten;
    }
    this.bytes += piece.length;
  }

  async end(): Promise<Part> {
    await this.#handle.close();
    return { file: this.#file, bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }

  abandon(): Promise<void> {
    return this.#handle.close().catch(() => undefined);
  }
}
