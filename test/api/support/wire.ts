import type { Journal } from '../../../src/deploy/state/model.ts';
import type { Phase } from '../../../src/deploy/state/timeline.ts';
import type { Clock } from '../../../src/interfaces/clock.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { Helm } from '../../../src/interfaces/helm.ts';
import type { Kubernetes, KubernetesObject, WatchEvent } from '../../../src/interfaces/kubernetes.ts';
import type { Secret } from '../../../src/interfaces/objects.ts';

/** What happens at one of a run's writes. */
export interface Fault {
  /** `kill`: nothing of the run reaches the API after it. `fail`: this one write is refused. `lose`: it arrives, its answer does not. */
  kind: 'kill' | 'fail' | 'lose';
  /** The n-th of the run, or of those since a phase was recorded; the record itself is the first. */
  write: number;
  since?: Phase;
}

/** What a hand or an accident does once a run has recorded this phase; its answer waits for that. */
export interface Interlude {
  phase: Phase;
  act(): Promise<unknown>;
}

type Method = (...args: unknown[]) => unknown;
const WRITES = ['apply', 'create', 'replace', 'patch', 'delete', 'uninstall', 'clearPending', 'giveBack'];
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
/** Longer ones are limits. */
const LONGEST_PAUSE_MS = 3_000;
const FASTER = 20;

/** Between a run and the world: it counts what the run writes, and cuts it off where its fault says so. */
export class Wire {
  /** Resolves when the run has been killed. */
  readonly killed: Promise<'killed'>;
  /** What was written, as words. */
  readonly written: string[] = [];
  /** That, and how long the run meant to wait (`sleep 2000`), in order. */
  readonly story: string[] = [];
  readonly #fault: Fault | undefined;
  readonly #cut = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #onWrite: () => void;
  #interlude: Interlude | undefined;
  #since: number;
  #die: (value: 'killed') => void = () => undefined;

  constructor(fault: Fault | undefined, onWrite: () => void, interlude?: Interlude) {
    this.#fault = fault;
    this.#interlude = interlude;
    this.#onWrite = onWrite;
    this.#since = fault?.since === undefined ? 0 : Number.NaN;
    this.killed = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** What a killed run had sent has arrived by then, or never will. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  kubernetes<K extends Kubernetes>(client: K): Kubernetes {
    return this.#between(client, (target) => ({
      watch: (kind: never, options: { signal: AbortSignal }) => this.#watch(target, kind, options),
    }));
  }

  helm = (helm: Helm): Helm => this.#between(helm, () => ({}));

  /** Waits of the run are shorter than they say, its limits are not. One that is killed waits for ever. */
  clock = (clock: Clock): Clock => ({
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    sleep: (ms, signal) => {
      this.story.push(`sleep ${ms}`);
      const until = signal ? AbortSignal.any([signal, this.#cut.signal]) : this.#cut.signal;
      const slept = clock.sleep(ms > LONGEST_PAUSE_MS ? ms : ms / FASTER, until);
      return slept.then(
        () => this.#pass(undefined),
        (error) => (this.#cut.signal.aborted ? never<void>() : Promise.reject(error)),
      );
    },
  });

  #between<T extends object>(target: T, own: (target: T) => object): T {
    const methods: Record<string, unknown> = { ...own(target) };
    return new Proxy(target, {
      get: (_, name) => {
        const key = String(name);
        const value = methods[key] ?? Reflect.get(target, name, target);
        if (typeof value !== 'function' || key in methods) return value;
        return (...args: unknown[]) => this.#call(key, args, () => (value as Method).apply(target, args));
      },
    });
  }

  async #call(name: string, args: readonly unknown[], call: () => unknown): Promise<unknown> {
    if (this.#cut.signal.aborted) return never();
    const write = WRITES.includes(name) && isOfTheApp(args) ? this.written.push(wordsOf(name, args)) : 0;
    if (write > 0) {
      this.#onWrite();
      this.story.push(this.written.at(-1) ?? '');
    }
    if (write > 0 && Number.isNaN(this.#since) && phaseOf(args) === this.#fault?.since) this.#since = write - 1;
    const met = write > 0 && write - this.#since === this.#fault?.write ? this.#fault.kind : undefined;
    if (met === 'fail') throw new HttpError(`${this.written.at(-1)} was refused`, { status: 403, code: 'Forbidden' });
    const work = Promise.resolve(call());
    this.#underWay.add(work);
    try {
      const answer = await this.#pass(await work);
      if (write > 0) await this.#meet(phaseOf(args));
      if (met === 'lose') throw new HttpError(`${this.written.at(-1)} got no answer`, { status: 0, code: 'ECONNRESET' });
      return answer;
    } catch (error) {
      if (this.#cut.signal.aborted) return never();
      throw error;
    } finally {
      this.#underWay.delete(work);
      if (met === 'kill') {
        this.#cut.abort();
        this.#die('killed');
      }
    }
  }

  async #meet(phase: Phase | undefined): Promise<void> {
    const met = this.#interlude;
    if (met === undefined || met.phase !== phase) return;
    this.#interlude = undefined;
    await met.act();
  }

  /** Whatever comes too late does not reach a run that is gone. */
  #pass = <T>(value: T): T | Promise<T> => (this.#cut.signal.aborted ? never<T>() : value);

  async *#watch(target: Kubernetes, kind: never, options: { signal: AbortSignal }): AsyncIterable<WatchEvent> {
    const signal = AbortSignal.any([options.signal, this.#cut.signal]);
    for await (const event of target.watch<KubernetesObject>(kind, { ...options, signal })) yield await this.#pass(event);
    await this.#pass(undefined);
  }
}

/** Not what keeps the lease, which goes by time, and not what changes nothing. */
const isOfTheApp = ([object, options]: readonly unknown[]): boolean =>
  (object as { kind?: string }).kind !== 'Lease' && (options as { dryRun?: boolean } | undefined)?.dryRun !== true;

/** The phase that a write of the journal records. */
function phaseOf([object]: readonly unknown[]): Phase | undefined {
  const { kind, data } = object as Partial<Secret>;
  const text = kind === 'Secret' ? data?.['journal.json'] : undefined;
  return text === undefined ? undefined : (JSON.parse(Buffer.from(text, 'base64').toString()) as Journal).inFlight?.phase;
}

function wordsOf(name: string, [object]: readonly unknown[]): string {
  const { kind = 'release', name: own, metadata, release } = object as Partial<KubernetesObject> & { name?: string; release?: string };
  return `${name} ${kind} ${own ?? metadata?.name ?? release ?? object}`;
}
