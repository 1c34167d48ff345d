/** Keeps the end of a stream, at most `limit` bytes. */
export class TailBuffer {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Joined only when twice too large, so that a long output costs no more than linear time.
    if (this.#size > 2 * this.#limit) this.#trim();
  }

  #trim(): void {
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole.length <= this.#limit ? whole : endOf(whole, this.#limit)];
    this.#size = this.#chunks[0]?.length ?? 0;
  }

  toString(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** From the first whole line on: the rest of one may be the rest of a secret, which nobody recognizes. */
function endOf(whole: Buffer, limit: number): Buffer {
  const end = whole.subarray(whole.length - limit);
  return end.subarray(end.indexOf(0x0a) + 1);
}

const LONGEST_LINE = 64 * 1024;

/** Cuts a stream into lines (without line ends). Of an overlong one the beginning comes: in pieces a secret might be cut in two. */
export class LineSplitter {
  readonly #emit: (line: string) => void;
  readonly #longest: number;
  readonly #decoder = new TextDecoder();
  #parts: string[] = [];
  #length = 0;
  #left = 0;

  constructor(emit: (line: string) => void, longest = LONGEST_LINE) {
    this.#emit = emit;
    this.#longest = longest;
  }

  push(chunk: Buffer): void {
    const lines = this.#decoder.decode(chunk, { stream: true }).split(/\r?\n/);
    for (const [index, text] of lines.entries()) {
      if (index > 0) this.#next();
      this.#add(text);
    }
  }

  #add(text: string): void {
    const room = Math.max(0, this.#longest - this.#length);
    if (text !== '' && room > 0) this.#parts.push(text.slice(0, room));
    this.#length += Math.min(text.length, room);
    this.#left += Math.max(0, text.length - room);
  }

  #next(): void {
    // A carriage return that stood alone at the end of a piece.
    const line = this.#parts.join('').replace(/\r$/, '');
    const left = this.#left;
    this.#clear();
    this.#emit(left === 0 ? line : `${line}… (${left} characters left out)`);
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
    this.#left = 0;
  }

  end(): void {
    if (this.#length > 0) this.#next();
  }
}
