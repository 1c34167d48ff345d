import type { Writable } from 'node:stream';

export interface StoredObject {
  /** From the store's own prefix on: `000042-…/part-00001.age`. */
  path: string;
  bytes: number;
  /** When the storage's own clock says it came, ms since the epoch. */
  at: number;
}

/** Objects under one prefix of a bucket. Errors: `ToolError` with the reason `backup-failed`; what is safe to repeat is repeated inside. */
export interface ObjectStore {
  /** Everything, sorted by path. */
  list(): Promise<StoredObject[]>;
  /** Stores a file whole; resolves when the storage has confirmed it. */
  put(path: string, file: string): Promise<void>;
  /** A small object, from a text. */
  putText(path: string, text: string): Promise<void>;
  /** Sends an object's bytes, and ends the stream after the last one. */
  read(path: string, to: Writable): Promise<void>;
  /** A small object. Throws where it is larger than `limit`, in bytes. */
  text(path: string, limit: number): Promise<string>;
  /** `locked`: the storage refuses, as it does under an object lock. */
  remove(path: string): Promise<'removed' | 'locked'>;
  /** Uploads that nobody finished are given up; resolves where the storage does not know of any. */
  sweepUnfinished(): Promise<void>;
}
