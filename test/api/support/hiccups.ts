import { isWatch } from '../../../src/tools/kubernetes/calls.ts';
import { deployer } from './api.ts';
import { LossyWay, type Lost } from './lossy.ts';

/** What one request meets. */
export const HICCUPS = [500, 429, 'request', 'answer'] as const satisfies readonly Lost[];

/** A request of a run: the n-th that has these words. */
export interface Drawn {
  words: string;
  occurrence: number;
}

export interface Fault extends Drawn {
  lost: Lost;
}

export const isHelm = (agent: string): boolean => /^helm/i.test(agent);

/** What differs from run to run is left out. `agent` is the program that asks: Helm, or we ourselves. */
function wordsOf(method: string, path: string, agent: string): string {
  const who = isHelm(agent) ? 'helm' : 'own';
  const place = path
    .replace(/\/namespaces\/[^/]+/, '/namespaces/N')
    .replace(/(?<=\/namespaces\/)N[^/]*$/, 'N')
    .replace(/-(blue|green)\b/g, '-COLOR')
    .replace(/\.v\d+$/, '.vN')
    .replace(/-[0-9a-f]{10}-\d+\b/, '-POD');
  return `${who} ${method} ${place}`;
}

/** The API server, for a run that meets hiccups at some of its requests. */
export class HiccupWay {
  /** Every request of the run so far, in order. */
  readonly seen: Drawn[] = [];
  /** Those that met one. */
  readonly met: Fault[] = [];
  readonly way: LossyWay;
  readonly #counts = new Map<string, number>();
  #faults: readonly Fault[] = [];

  private constructor(way: LossyWay) {
    this.way = way;
    way.lose = (method, path, agent, query) => this.#next(wordsOf(isWatch(query) ? 'WATCH' : method, path, agent));
  }

  static async open(): Promise<HiccupWay> {
    return new HiccupWay(await LossyWay.open(deployer));
  }

  /** From the next request on. */
  expect(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#counts.clear();
    this.seen.length = 0;
    this.met.length = 0;
  }

  #next(words: string): Lost | undefined {
    const occurrence = (this.#counts.get(words) ?? 0) + 1;
    this.#counts.set(words, occurrence);
    this.seen.push({ words, occurrence });
    const fault = this.#faults.find((one) => one.words === words && one.occurrence === occurrence);
    if (fault) this.met.push(fault);
    return fault?.lost;
  }
}

export const say = ({ words, occurrence, lost }: Fault): string => `${lost} at ${words} (${occurrence})`;
