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
    this.#chunks = [whole.subarray(Math.max(0, whole.length - this.#limit))];
    this.#size = Math.min(whole.length, this.#limit);
  }

  toString(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const LONGEST_LINE = 64 * 1024;

/** Cuts a stream into lines (without line ends); overlong ones come in pieces. */
export class LineSplitter {
  readonly #emit: (line: string) => void;
  readonly #longest: number;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(emit: (line: string) => void, longest = LONGEST_LINE) {
    this.#emit = emit;
    this.#longest = longest;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    if (this.#rest.length > this.#longest) this.end();
  }

  end(): void {
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }
}
