/** What JSON needs of the engine and TypeScript's library does not yet declare (ES2026, in Node since 21). */
interface RawJson {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}

const raw = JSON as unknown as RawJson;

/**
 * Integers beyond 2^53, which a number cannot hold, are bigints: Kubernetes knows 64 bits. Written as JSON they are what they were, wherever
 * an object that holds one is written.
 */
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value: function toJSON(this: bigint): unknown {
    return raw.rawJSON(this.toString());
  },
  configurable: true,
  writable: true,
});

const INTEGER = /^-?\d+$/;
/** Sixteen digits in a row begin at 10^15: without them nothing is beyond 2^53, and the text is read at full speed. */
const MAY_BE_LARGE = /(?:^|[[:,\s])-?\d{16}/;

/** `JSON.parse` that keeps every digit of an integer. */
export const parseExactly = (text: string): unknown =>
  MAY_BE_LARGE.test(text) ? raw.parse(text, (_, value, { source }) => exactly(value, source)) : JSON.parse(text);

const exactly = (value: unknown, source: string | undefined): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source) ? BigInt(source) : value;

/** The range of Go's int64 and uint64 together. */
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 64n - 1n];

/** An integer as a number where that holds it, else as a bigint; undefined where 64 bits do not hold it. */
export function integerOf(value: bigint): number | bigint | undefined {
  if (value < LEAST || value > MOST) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
