import type { Duplex } from 'node:stream';
import { ENDPOINT_SLICE, POD } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../../../src/interfaces/http.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import type { Store } from '../api/store.ts';
import { qualityOf } from '../app/version.ts';
import type { VirtualClock } from './clock.ts';
import { type Programs, versionOf } from './controllers.ts';

/** After its first answer to users. */
const TIRES_MS = 3_000;
const ANSWER_MS = 5;

/** The front door that leads to a Service. */
export const doorOf = (service: string): string => `http://app.example/${service}`;

/** What runs in the pods, and how it answers: by the end of its version's name. */
export class Apps implements Programs, Http {
  /** Pods (uid) that answered a check sent to them alone. */
  readonly passed = new Set<string>();
  /** Versions whose checks were seen to fail. */
  readonly failed = new Set<string>();
  readonly #store: Store;
  readonly #clock: VirtualClock;
  readonly #met = new Map<string, number>();

  constructor(store: Store, clock: VirtualClock) {
    this.#store = store;
    this.#clock = clock;
  }

  starts = (version: string): boolean => qualityOf(version) !== 'crashes';
  succeeds = (version: string): boolean => qualityOf(version) !== 'hookless';

  async request({ url, connect, signal }: HttpRequest): Promise<HttpResponse> {
    const pod = connect ? ((await connect()) as Duplex & { pod: Pod }).pod : this.#behind(new URL(url).pathname.split('/')[1] ?? '');
    await this.#clock.sleep(ANSWER_MS, signal);
    if (!pod) throw new HttpError(`no answer from ${url}`, { status: 0, code: 'ECONNREFUSED' });
    const version = versionOf(pod);
    const ok = connect ? qualityOf(version) !== 'sick' : this.#serves(version);
    if (ok && connect) this.passed.add(pod.metadata.uid ?? '');
    if (!ok) this.failed.add(version);
    return { status: ok ? 200 : 500, headers: {}, body: version, durationMs: ANSWER_MS };
  }

  /** The pod that users of a Service reach. */
  #behind(service: string): Pod | undefined {
    const endpoints = this.#store.get({ ...ENDPOINT_SLICE, name: service })?.endpoints ?? [];
    const name = endpoints.find(({ conditions }) => conditions?.ready)?.targetRef?.name;
    return name === undefined ? undefined : this.#store.get({ ...POD, name });
  }

  #serves(version: string): boolean {
    const quality = qualityOf(version);
    if (quality === 'tires') {
      const first = this.#met.get(version) ?? this.#clock.now();
      this.#met.set(version, first);
      return this.#clock.now() - first < TIRES_MS;
    }
    return quality !== 'late' && quality !== 'sick';
  }
}
