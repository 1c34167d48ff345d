import type { Pod } from '../../interfaces/objects.ts';

/** No further try changes these. */
const FOR_GOOD = /^(InvalidImageName|ErrImageNeverPull)$/;
const TRIED_AGAIN = /^(ImagePullBackOff|ErrImagePull|CreateContainerError)$/;
/**
 * The kubelet's second attempt comes after up to 16 s: the first one may have come before it had read the pull Secret, or have met a registry
 * that was away for a moment.
 */
const LASTS_MS = 30_000;

/** A container that does not start. */
export interface Stuck {
  pod: string;
  container: string;
  image: string;
  reason: string;
  message: string;
}

/** Tells what keeps pods from starting, once that has lasted. One for each wait. */
export class StuckPods {
  readonly #since = new Map<string, number>();

  /** `now`: ms. Returns undefined where nothing does, or may pass yet. */
  find(pods: readonly Pod[], now: number): Stuck | undefined {
    for (const pod of pods) {
      const key = pod.metadata.uid ?? pod.metadata.name;
      const stuck = stuckNow(pod);
      if (stuck === undefined) {
        this.#since.delete(key);
        continue;
      }
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      if (FOR_GOOD.test(stuck.reason) || now - since >= LASTS_MS) return stuck;
    }
    return undefined;
  }
}

function stuckNow({ metadata, status }: Pod): Stuck | undefined {
  for (const { name, image, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { reason = '', message = reason } = state?.waiting ?? {};
    if (FOR_GOOD.test(reason) || TRIED_AGAIN.test(reason)) return { pod: metadata.name, container: name, image, reason, message };
  }
  return undefined;
}
