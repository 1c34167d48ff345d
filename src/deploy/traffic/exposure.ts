import type { KindRef, KubernetesObject, ListOptions, WatchEvent } from '../../interfaces/kubernetes.ts';
import { PART_HASH_ANNOTATION } from '../../split/model.ts';
import { colorSelector, ENDPOINT_SLICE, POD, SERVICE } from '../kube/names.ts';
import { Exposure } from '../run/exposure.ts';
import type { Plan, Run } from '../run/run.ts';

/**
 * Watches beside a run which Services lead to its version, from before its first pod: what may be said of it goes into the report. Returns
 * what ends it.
 */
export function watchExposure({ kubernetes, clock, options, report, log }: Run, { color, split }: Plan): () => Promise<void> {
  const stop = new AbortController();
  const exposure = new Exposure(({ metadata }) => metadata.annotations?.[PART_HASH_ANNOTATION] === split.partHash);
  report.exposure = exposure;
  const follow = async <T extends KubernetesObject>(kind: KindRef<T>, take: (event: WatchEvent<T>) => void, list: ListOptions = {}) => {
    try {
      for await (const event of kubernetes.watch(kind, { ...list, signal: stop.signal })) take(event);
    } catch (error) {
      if (stop.signal.aborted) return;
      exposure.broken = true;
      log.debug(`Who is led to the new version is not watched any more: ${error instanceof Error ? error.message : error}`);
    }
  };
  const following = [
    follow(POD, ({ object }) => exposure.pod(object), { labelSelector: colorSelector(options.release, color) }),
    follow(SERVICE, ({ object }) => exposure.service(object)),
    follow(ENDPOINT_SLICE, ({ object, type }) => exposure.slice(object, type === 'DELETED', clock.now())),
  ];
  return async () => {
    stop.abort();
    await Promise.all(following);
  };
}
