import { ENDPOINT_SLICE, POD, SECRET, SERVICE } from '../../../src/deploy/kube/names.ts';
import { GIVEN_UP } from '../../../src/deploy/recovery/given-up.ts';
import type { Journal } from '../../../src/deploy/state/model.ts';
import type { Pod, Secret } from '../../../src/interfaces/objects.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { COLOR_LABEL, type Color } from '../../../src/split/model.ts';
import type { Change, Store } from '../api/store.ts';
import { qualityOf, servicesOf, type Version } from '../app/version.ts';
import type { VirtualClock } from './clock.ts';
import { versionOf } from './controllers.ts';
import type { Apps } from './programs.ts';

/** One run, as far as users are concerned. */
export interface Attempt {
  holder: string;
  startedAt: number;
  /** Which version it brings, once the journal says so. */
  version?: string | undefined;
  bakeMs: number;
  state: 'running' | 'ended' | 'killed';
  /** The journal says that its color passed the checks of its pods. */
  proved: boolean;
  /** The journal says that it was on its way back. */
  leaving: boolean;
  keepOld: 'zero' | 'warm' | 'remove';
  /** Another run was let in beside it. */
  besideUntil?: number;
}

const SERVICES = ['web', 'web2', 'api', 'api2'];

const journalIn = (secret: Secret): Journal => JSON.parse(Buffer.from(secret.data?.['journal.json'] ?? '', 'base64').toString());

/**
 * Looks at every change of what users reach: they are never on a version that did not pass, and always on one that did. What is excused is
 * what a person's hand took away, until a run has ended that began after it.
 */
export class Users {
  readonly seen: string[] = [];
  readonly attempts: Attempt[] = [];
  /** Versions that served for good. */
  readonly passed = new Set<string>();
  /** The version that is meant to serve. */
  meant: string | undefined;
  readonly #store: Store;
  readonly #clock: VirtualClock;
  readonly #apps: Apps;
  readonly #versions: ReadonlyMap<string, Version>;
  readonly #journal: string;
  /** Services whose users a hand moved, and when. */
  readonly #handled = new Map<string, number>();
  /** Services that lack pods for a moment: until when. */
  readonly #short = new Map<string, number>();
  /** Versions whose base nobody knows any more. */
  readonly #baseless = new Set<string>();
  /** Versions of which no journal says whether they passed. */
  readonly #unrecorded = new Set<string>();
  #lastHand = -1;

  constructor(
    store: Store,
    clock: VirtualClock,
    apps: Apps,
    { versions, journal }: { versions: ReadonlyMap<string, Version>; journal: string },
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#apps = apps;
    this.#versions = versions;
    this.#journal = journal;
    store.listen((change) => this.#notice(change));
  }

  /** A person's hand was on these Services. */
  excuse(services: readonly string[]): void {
    this.#lastHand = this.#clock.now();
    for (const service of services) this.#handled.set(service, this.#clock.now());
  }

  /**
   * The journal went before a version served for good, or when a person had moved users: what they are on is then taken for what serves. And
   * until a color is marked as one that did not pass, the journal alone says that it is being left.
   */
  excuseJournal(): void {
    const { holder, color } = this.journal()?.inFlight ?? {};
    const leaves = this.attempts.find((one) => one.leaving && one.holder === holder);
    if (leaves && color && !this.#isGivenUp(color)) leaves.leaving = false;
    if (this.meant !== undefined && this.#handled.size === 0) return;
    this.excuse(SERVICES);
    for (const { version } of this.attempts) if (version !== undefined) this.#unrecorded.add(version);
  }

  #isGivenUp = (color: Color): boolean =>
    SERVICES.some((name) => this.#store.get({ ...SERVICE, name: `${name}-${color}` })?.metadata.annotations?.[GIVEN_UP] !== undefined);

  /** Nobody knows the bases of the versions so far any more. */
  loseBases(): void {
    for (const version of [...this.passed, ...this.attempts.map((one) => one.version)])
      if (version !== undefined) this.#baseless.add(version);
  }

  /** A version serves again without the base that it had. */
  cameBackBaseless(): boolean {
    const newest = this.journal()?.history[0];
    return newest?.rollback !== undefined && this.#baseless.has(newest.version);
  }

  /** A person let another run in beside those that are at work: what one has ended the other may still be taking down. */
  excuseBeside(ms: number): void {
    this.excuse([]);
    for (const one of this.attempts) if (one.state === 'running') one.besideUntil = this.#clock.now() + ms;
  }

  /** What was seen of these is nobody's fault either. */
  forgive(services: readonly string[]): void {
    this.seen.length = 0;
    for (const service of services) this.#handled.set(service, this.#clock.now());
  }

  /** These lose a pod that comes back by itself. */
  excuseFor(services: readonly string[], ms: number): void {
    for (const service of services) this.#short.set(service, this.#clock.now() + ms);
  }

  /** A run that nothing disturbed has looked for what killed ones left: that is no excuse any more. */
  healed(attempt: Attempt): void {
    for (const other of this.attempts.slice(0, this.attempts.indexOf(attempt))) if (other.state === 'killed') other.state = 'ended';
  }

  /** A run that nothing disturbed has brought its version: neither is what a hand did before it began. */
  restored({ startedAt }: Attempt): void {
    for (const [service, at] of this.#handled) if (at <= startedAt) this.#handled.delete(service);
  }

  #notice({ type, object }: Change): void {
    const key = kindOf(object);
    if (key === '/Secret' && object.metadata.name === this.#journal && type !== 'DELETED') this.#read(journalIn(object as Secret));
    const service = key === 'discovery.k8s.io/EndpointSlice' || key === '/Service';
    if (service && SERVICES.includes(object.metadata.name)) this.look(object.metadata.name, `${type.toLowerCase()} ${object.kind}`);
  }

  #read({ inFlight, active, history }: Journal): void {
    const attempt = this.attempts.find(({ holder }) => holder === inFlight?.holder);
    if (inFlight && attempt) {
      attempt.version = inFlight.version;
      attempt.proved ||= inFlight.proved;
      attempt.leaving ||= inFlight.phase === 'switch-back' || inFlight.phase === 'take-back';
    }
    const newest = history[0];
    if (!active || !newest) return;
    if (newest.color === active) this.#serves(newest.version);
  }

  #serves(version: string): void {
    if (version === this.meant) return;
    this.meant = version;
    if (!this.passed.has(version) && this.#mustFail(version)) this.#note(`the journal says that ${version} serves`);
    this.passed.add(version);
  }

  /** Whether no run can have had a reason to let users stay on it. */
  #mustFail(version: string): boolean {
    const quality = qualityOf(version);
    if (quality === 'good' || this.#unrecorded.has(version)) return false;
    const own = this.attempts.filter((one) => one.version === version);
    // Killed before its bake could tell, it may be kept where nothing else is left.
    const ended = (one: Attempt) => one.state === 'killed' || one.besideUntil !== undefined;
    if (own.some((one) => ended(one) && one.proved && !one.leaving)) return quality === 'sick' || quality === 'crashes';
    return quality !== 'tires' || own.every((one) => one.bakeMs > 0);
  }

  /** Looks at one Service now. */
  look(service: string, why: string): void {
    if (this.meant === undefined) return;
    const endpoints = (this.#store.get({ ...ENDPOINT_SLICE, name: service })?.endpoints ?? []).filter(
      ({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true,
    );
    const version = this.#versions.get(this.meant);
    const excused = this.#handled.has(service) || (this.#short.get(service) ?? 0) > this.#clock.now();
    if (endpoints.length === 0 && version && servicesOf(version).includes(service) && !excused && !this.cameBackBaseless())
      this.#note(`${why}: users of ${service} reach nothing, and ${this.meant} should serve`);
    for (const { targetRef } of endpoints) {
      const pod = this.#store.get({ ...POD, name: targetRef?.name ?? '' });
      if (pod && !this.#mayServe(pod) && !this.#handled.has(service))
        this.#note(`${why}: users of ${service} reach ${versionOf(pod)} (${pod.metadata.name}), which did not pass`);
    }
  }

  #mayServe(pod: Pod): boolean {
    // What both colors share is no version's.
    if (pod.metadata.labels?.[COLOR_LABEL] === undefined) return true;
    const version = versionOf(pod);
    if (this.passed.has(version)) return true;
    const checked = this.#apps.passed.has(pod.metadata.uid ?? '') || qualityOf(version) !== 'sick';
    return (
      checked &&
      this.attempts.some(
        (one) => one.version === version && one.proved && (one.state !== 'ended' || this.#clock.now() < (one.besideUntil ?? 0)),
      )
    );
  }

  #note(text: string): void {
    if (this.seen.length < 20) this.seen.push(text);
  }

  /** Whether a person's hand came after this moment. */
  handSince = (at: number): boolean => this.#lastHand >= at;

  journal(): Journal | undefined {
    const secret = this.#store.get({ ...SECRET, name: this.#journal });
    return secret && journalIn(secret);
  }
}
