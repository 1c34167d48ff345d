import type { Readable, Writable } from 'node:stream';

/** age: to public keys, from a private one. */
export interface Encryption {
  encrypt(options: { recipients: readonly string[]; input: Readable; output: Writable }): Promise<void>;
  /** `identityFile`: path of a file with the private key. Refuses a text that was cut off or changed. */
  decrypt(options: { identityFile: string; input: Readable; output: Writable }): Promise<void>;
}

/** tar of a folder. */
export interface Archiver {
  pack(folder: string, output: Writable): Promise<void>;
  /** `without`: a file or folder at the top that stays out. */
  unpack(input: Readable, folder: string, without?: string): Promise<void>;
}

export interface Part {
  /** Where it stands until the next one is asked for. */
  file: string;
  bytes: number;
  sha256: string;
}

/** Room on a disk for one run, removed with it. */
export interface Scratch {
  /** Path of a new folder that does not exist yet. */
  place(name: string): string;
  /** Path of an empty new folder. */
  folder(name: string): string;
  write(folder: string, name: string, text: string): void;
  text(folder: string, name: string): string;
  /** What a folder holds, sorted; empty where there is none. */
  names(folder: string): string[];
  /** Copies the files of a folder, links followed, hidden ones left out. */
  copy(from: string, to: string): void;
  remove(path: string): void;
  /** Cuts a stream into files of at most `bytes`, of which one exists at a time. */
  parts(input: Readable, bytes: number): AsyncIterable<Part>;
  /** A stream that hashes what is written to it, and passes it on, if it is told to whom, without ending that. */
  hash(to?: Writable): { sink: Writable; result(): { bytes: number; sha256: string } };
}
