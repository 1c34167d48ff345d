import type { Clock } from '../../../src/interfaces/clock.ts';

interface Timer {
  at: number;
  order: number;
  fire: () => void;
}

/** Everything that was going to happen without time going by has happened. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Time that goes by only when nothing else is left to do. */
export class VirtualClock implements Clock {
  readonly #heap: Timer[] = [];
  #now = Date.UTC(2026, 0, 1);
  #order = 0;

  now = (): number => this.#now;
  elapsed = (): number => this.#now;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const aborted = () => {
        stop();
        reject(signal?.reason);
      };
      const stop = this.after(ms, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Calls back when this much time has gone by; returns what prevents it. */
  after(ms: number, fire: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(ms, 0), order: this.#order++, fire };
    push(this.#heap, timer);
    return () => {
      timer.fire = gone;
    };
  }

  /** Lets time go by until `work` has ended. Errors: those of `work`; where nothing is left that could end it. */
  async until<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    work.then(end, end);
    for (;;) {
      await settled();
      if (ended) return work;
      if (!this.#advance()) throw new Error('Nothing is left that could happen, and a run has not ended');
    }
  }

  /** Lets this much time go by. */
  pass = (ms: number): Promise<void> => this.until(this.sleep(ms));

  /** The next moment at which something happens. */
  #advance(): boolean {
    while (this.#heap[0]?.fire === gone) pop(this.#heap);
    const first = this.#heap[0];
    if (!first) return false;
    this.#now = first.at;
    for (let next: Timer | undefined = first; next && next.at <= this.#now; next = this.#heap[0]) {
      pop(this.#heap);
      next.fire();
    }
    return true;
  }
}

const gone = (): void => undefined;
const before = (one: Timer, other: Timer): boolean => one.at < other.at || (one.at === other.at && one.order < other.order);

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (!above || before(above, timer)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (!left) break;
    const takesRight = right !== undefined && before(right, left);
    const child = takesRight ? right : left;
    if (before(last, child)) break;
    heap[at] = child;
    at = takesRight ? 2 * at + 2 : 2 * at + 1;
  }
  heap[at] = last;
}
