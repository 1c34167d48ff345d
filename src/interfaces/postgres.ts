/** How a database is reached; libpq's own words. The password is in no program's arguments and no message. */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string | undefined;
  /** `disable`, `prefer`, `require`, `verify-ca`, `verify-full`; default `prefer`. */
  sslmode?: string | undefined;
  /** Path of a certificate authority's certificates. */
  sslrootcert?: string | undefined;
}

/** One connection. Text that it sends is SQL of ours: names that stand in it are quoted by the server (`format('%I')`) or by `quoted`. */
export interface Session {
  /** Rows of a statement whose only column is JSON, one object a row. */
  rows<T>(sql: string): Promise<T[]>;
  /** Statements without rows. */
  run(sql: string): Promise<void>;
  /** Ends the connection; what it had exported or locked is gone. Rejects if it had ended by itself. */
  close(): Promise<void>;
}

export interface Dump {
  address: DatabaseAddress;
  /** Exported by a session that is still open. */
  snapshot: string;
  /** A folder that does not exist yet; pg_dump's directory format. */
  folder: string;
  jobs: number;
}

export interface SequenceValue {
  /** Quoted where it has to be: `public.todo_id_seq`. */
  name: string;
  /** Digits: it may be beyond 2^53. */
  value: string;
  called: boolean;
}

/** PostgreSQL's own client programs, of one version. Errors: `ProcessError` with the reason `backup-failed`. */
export interface Postgres {
  /** `17.6` */
  clientVersion(): Promise<string>;
  /** Waits until a server accepts connections. Throws `TimeoutError`. */
  reachable(address: DatabaseAddress, limitMs: number): Promise<void>;
  open(address: DatabaseAddress): Promise<Session>;
  dump(dump: Dump): Promise<void>;
  /** Definitions of all objects, as pg_dump writes them. */
  definitions(address: DatabaseAddress, snapshot?: string): Promise<string>;
  /** Roles, memberships, tablespaces; hashes of passwords where they are asked for, which takes a superuser. */
  globals(address: DatabaseAddress, withPasswords?: boolean): Promise<string>;
  /** What a dump says of its sequences. */
  sequencesOf(folder: string): Promise<SequenceValue[]>;
  /** Reads a dump to its end, and throws where a part of it is missing or cut off. */
  readThrough(folder: string): Promise<void>;
  /** What a dump says of its database itself, as a script. */
  databaseScript(folder: string): Promise<string>;
  /** Restores a dump into a database, stops at the first error. */
  restore(restore: { address: DatabaseAddress; folder: string; jobs: number }): Promise<void>;
}

/** Pure: an identifier as it stands in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Pure: a text as it stands in SQL. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
