import type { EndpointSlice, Pod, Service } from '../../interfaces/objects.ts';
import { COLOR_LABEL } from '../../split/model.ts';
import { selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';

/** Whether users met the version of a run, as far as it was seen. */
export type Seen =
  /** No Service led to it. */
  | { kind: 'unseen' }
  /** Services were switched to it, for so long. */
  | { kind: 'served'; ms: number }
  /** These Services, whose selectors name no color, led to it. */
  | { kind: 'led'; ms: number; services: string[] }
  /** It was applied in place: what became ready of it was theirs. */
  | { kind: 'in-place' }
  /** It was not watched all the time. */
  | { kind: 'unknown' };

/** A ready pod of the version behind a Service. */
export interface Held {
  service: string;
  from: number;
  to: number;
}

export interface ExposureFacts {
  /** Services, pods and slices were all followed, from before the version's first pod until now. */
  whole: boolean;
  /** Services that select the version's pods, or did: color Services aside. */
  selecting: readonly { name: string; byColor: boolean }[];
  /** A pod of the version was ready once. */
  everReady: boolean;
  held: readonly Held[];
}

/** Pure: what may be said of who saw the version: only what selectors and slices prove. */
export function whoSaw({ whole, selecting, everReady, held }: ExposureFacts): Seen {
  const ms = timeOf(held);
  const colorless = selecting.filter(({ name, byColor }) => !byColor && held.some(({ service }) => service === name));
  if (colorless.length > 0) return { kind: 'led', ms, services: [...new Set(colorless.map(({ name }) => name))] };
  if (held.length > 0) return { kind: 'served', ms };
  // A Service that selects ready pods has them in its slices: where it has not, something is not as it seems.
  return whole && !(selecting.length > 0 && everReady) ? { kind: 'unseen' } : { kind: 'unknown' };
}

/** Pure: how long at least one of them lasted. */
function timeOf(held: readonly Held[]): number {
  let sum = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...held].sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

const SERVICE_NAME = 'kubernetes.io/service-name';

/** Takes what a watch of Services, slices and the color's pods tells, and remembers who was led to the version. */
export class Exposure {
  readonly #isOfVersion: (pod: Pod) => boolean;
  readonly #pods = new Map<string, { labels: Record<string, string>; ready: boolean }>();
  readonly #selectors = new Map<string, { selector: Record<string, string>; ofColor: boolean }[]>();
  readonly #slices = new Map<string, { service: string; since: Map<string, number> }>();
  readonly #ended: (Held & { pod: string })[] = [];
  /** Set where a stream broke. */
  broken = false;

  constructor(isOfVersion: (pod: Pod) => boolean) {
    this.#isOfVersion = isOfVersion;
  }

  pod(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (!this.#isOfVersion(pod)) return;
    const ready = isReady(pod) || this.#pods.get(uid)?.ready === true;
    this.#pods.set(uid, { labels: pod.metadata.labels ?? {}, ready });
  }

  service({ metadata, spec }: Service): void {
    if (!spec?.selector) return;
    const seen = { selector: spec.selector, ofColor: metadata.labels?.[COLOR_LABEL] !== undefined };
    this.#selectors.set(metadata.name, [...(this.#selectors.get(metadata.name) ?? []), seen]);
  }

  slice({ metadata, endpoints }: EndpointSlice, deleted: boolean, now: number): void {
    const served = (deleted ? [] : (endpoints ?? [])).filter(({ conditions }) => conditions?.ready !== false);
    const uids = new Set(served.flatMap(({ targetRef }) => targetRef?.uid ?? []));
    const service = metadata.labels?.[SERVICE_NAME] ?? '';
    const known = this.#slices.get(metadata.name) ?? { service, since: new Map<string, number>() };
    this.#slices.set(metadata.name, known);
    for (const [pod, from] of known.since) {
      if (uids.has(pod)) continue;
      known.since.delete(pod);
      this.#ended.push({ service, pod, from, to: now });
    }
    for (const pod of uids) if (!known.since.has(pod)) known.since.set(pod, now);
  }

  /** What is known by now. */
  seen(now: number): Seen {
    const open = [...this.#slices.values()].flatMap(({ service, since }) =>
      [...since].map(([pod, from]) => ({ service, pod, from, to: now })),
    );
    const isOfColor = (name: string) => this.#selectors.get(name)?.some(({ ofColor }) => ofColor) === true;
    const held = [...this.#ended, ...open].filter(({ pod, service }) => this.#pods.has(pod) && !isOfColor(service));
    const pods = [...this.#pods.values()];
    const selecting = [...this.#selectors].flatMap(([name, all]) =>
      all
        .filter(({ selector, ofColor }) => !ofColor && pods.some(({ labels }) => selects(selector, labels)))
        .map(({ selector }) => ({ name, byColor: selector[COLOR_LABEL] !== undefined })),
    );
    return whoSaw({ whole: !this.broken, selecting, everReady: pods.some(({ ready }) => ready), held });
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** Pure: who saw the version, as the end of a sentence about the one that serves. */
export function seenText(seen: Seen | undefined, switchBackMs: number | undefined, backMs?: number): string {
  const back = switchBackMs === undefined ? '' : `users were switched back in ${switchBackMs} ms`;
  switch (seen?.kind) {
    case 'unseen':
      return 'users never saw the new version';
    case 'served':
      return [`users were on the new version for ${seconds(seen.ms)}`, back].filter(Boolean).join(', and ');
    case 'led': {
      const names = `${seen.services.length > 1 ? 'Services' : 'Service'} ${seen.services.join(', ')}`;
      const led = `users met the new version for ${seconds(seen.ms)}: ${names}, which selects without the color, led them to it`;
      return [led, back].filter(Boolean).join('; ');
    }
    case 'in-place': {
      const again = backMs === undefined ? '' : `, and was ready again ${seconds(backMs)} after its failure was certain`;
      return `it was updated in place${again}`;
    }
    case 'unknown':
      return [back, 'whether users met the new version could not be watched to the end'].filter(Boolean).join('; ');
    default:
      return back;
  }
}
