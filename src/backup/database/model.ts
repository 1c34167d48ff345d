import type { SequenceValue } from '../../interfaces/postgres.ts';
import type { Hashing } from './hashing.ts';

export interface TableContent {
  /** Quoted where it has to be: `public.todo`. */
  name: string;
  rows: string;
  /** Of all rows, whatever their order: sums, as the manifest's `hashing` makes them. */
  hash: string;
}

export interface LargeObject {
  oid: string;
  owner: string;
  /** Sorted. */
  acl: string[];
  bytes: string;
  hash: string;
}

export interface Named {
  name: string;
  /** All that is known of it, as one text. */
  is: string;
}

/** What a database holds, at one snapshot; it is stored with the dump, encrypted. */
export interface DatabaseManifest {
  schema: 1;
  /** Version of the pg_dump that wrote `definitions`. */
  client: string;
  /** How rows were hashed; the first manifests do not say it, and have `text`. */
  hashing?: Hashing | undefined;
  /** The database's own: owner, encoding, locale, rights, settings. */
  database: Record<string, string>;
  tables: TableContent[];
  /** As the dump sets them: they are no part of a snapshot. */
  sequences: SequenceValue[];
  largeObjects: LargeObject[];
  extensions: Named[];
  roles: Named[];
  /** Object (`INDEX public.todo_title`) to the SHA-256 of what pg_dump writes of it: columns, defaults, owners, grants, triggers, views … */
  definitions: Record<string, string>;
}
