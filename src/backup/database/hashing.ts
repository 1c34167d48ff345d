/**
 * How the rows of a table become one number, on the server, whatever their order. Each row is hashed to 64 bits, and the sum of those hashes is
 * kept whole: a sum knows no order, and it counts each row that is there twice.
 *
 * `columns`: a row's columns are hashed in the order of their names, each with the hash of those before it as its seed (PostgreSQL's own
 * seeded hash functions, which pg_upgrade relies upon to stay as they are). The chain is what makes a row one thing: a hash that only added
 * its columns up would not see two rows that have swapped a value. Every column goes in with all of its bits: where a hash function sees less
 * (`bigint`, folded to 32 bits; floating point numbers, whose -0 and 0 are equal; numbers, of 7.0 and 7.00), it gets the column's binary form
 * or both of its halves. What has no such way of its own is hashed as the text that a dump holds of it.
 *
 * `text`: manifests without a word of it. Two sums of 64-bit hashes of each row's text. It takes three to eight times as long, and is what
 * databases get whose encoding is not UTF-8, since binary forms of texts come in the client's encoding.
 *
 * A difference that came about by accident is missed once in 2^64 comparisons. One that is made to be missed can be had: these are no
 * cryptographic hashes. But that takes rights in the database before it is dumped: what is stored stands under age's authentication and the
 * SHA-256 of its parts. Servers of another byte order hash to other numbers: a drill needs one of the same.
 */
export const HASHINGS = ['text', 'columns'] as const;
export type Hashing = (typeof HASHINGS)[number];

/** Pure: how a manifest's rows were hashed. */
export const hashingOf = ({ hashing = 'text' }: { hashing?: Hashing | undefined }): Hashing => hashing;

export interface Column {
  /** Quoted where it has to be. */
  name: string;
  /** In the server's words, without its length; a type of anybody's own with its schema. */
  type: string;
  /** Whether values are filled up to one length. */
  filled: boolean;
}

/** What the row is called in the expression. */
export const ROW = 'r';

/** From a column and the hash so far to the hash with it. */
type Way = (column: string, seed: string) => string;

/** The binary form of a value; an array is the way to its seeded hash in SQL. A NULL in one would end the chain: its hash knows no seed. */
const bytes = (value: string, seed: string): string => `hash_array_extended(ARRAY[coalesce(${value}, '')], ${seed})`;

/** NULL becomes a value that the type has, and is told from that by a bit of its own (`nulls`). */
const integer: Way = (column, seed) => `hashint4extended(coalesce(${column}::int4, 0), ${seed})`;
const text: Way = (column, seed) => `hashtextextended(coalesce(${column}::text, '') COLLATE "C", ${seed})`;
const NULL_AS_ANOTHER: Readonly<Record<string, Way>> = {
  smallint: integer,
  integer,
  boolean: integer,
  // By nothing it is folded to 32 bits; with its upper half known, no two are the same.
  bigint: (column, seed) => `hashint4extended(coalesce((${column} >> 32)::int4, 0), hashint8extended(coalesce(${column}, 0), ${seed}))`,
  text,
  'character varying': text,
  character: (column, seed) => `hashbpcharextended(coalesce(${column}, '') COLLATE "C", ${seed})`,
  bytea: bytes,
};

/** NULL becomes no bytes at all, which no value of these has. */
const sent =
  (send: string): Way =>
  (column, seed) =>
    bytes(`${send}(${column})`, seed);
/** Not a number has one text and many forms. */
const float =
  (send: string): Way =>
  (column, seed) =>
    sent(send)(`CASE WHEN ${column} = 'NaN' THEN 'NaN' ELSE ${column} END`, seed);
const NULL_AS_NOTHING: Readonly<Record<string, Way>> = {
  uuid: sent('uuid_send'),
  date: sent('date_send'),
  numeric: sent('numeric_send'),
  'timestamp without time zone': sent('timestamp_send'),
  'timestamp with time zone': sent('timestamptz_send'),
  'time without time zone': sent('time_send'),
  interval: sent('interval_send'),
  json: sent('json_send'),
  jsonb: sent('jsonb_send'),
  real: float('float4send'),
  'double precision': float('float8send'),
};

/** As deep as expressions are nested; columns beyond go by their text. */
const DEEPEST = 200;
/** Bits of an integer that is not negative. */
const BITS = 31;

/** Pure: an expression of SQL, the hash of one row `ROW`, for a session without a search path. `columns`: in the order of their names. */
export function rowHash(columns: readonly Column[]): string {
  const asked = columns.map(({ name, type, filled }, index) => {
    const isPlain = index < DEEPEST && (type !== 'character' || filled);
    return {
      column: `${ROW}.${name}`,
      another: isPlain ? NULL_AS_ANOTHER[type] : undefined,
      nothing: isPlain ? NULL_AS_NOTHING[type] : undefined,
    };
  });
  let hash = '1';
  const masked = asked.filter(({ another }) => another).map(({ column }) => column);
  for (let from = 0; from < masked.length; from += BITS) {
    hash = `hashint4extended(${nulls(masked.slice(from, from + BITS))}, ${hash})`;
  }
  for (const { column, another, nothing } of asked) hash = (another ?? nothing)?.(column, hash) ?? hash;
  const others = asked.filter(({ another, nothing }) => !(another ?? nothing)).map(({ column }) => column);
  return others.length === 0 ? hash : `hashtextextended(ROW(${others.join(', ')})::text COLLATE "C", ${hash})`;
}

const nulls = (columns: readonly string[]): string =>
  columns.map((column, bit) => `CASE WHEN ${column} IS NULL THEN ${2 ** bit} ELSE 0 END`).join(' + ');
