import type { Who } from '../../deploy/index.ts';
import type { Clock } from '../../interfaces/clock.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { KindFinder, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Preview } from '../model/index.ts';

/** What taking a preview down works with. */
export interface GoneTools {
  /** In the preview's own namespace, and so is Helm. */
  kubernetes: Kubernetes & KindFinder;
  helm: Helm;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  who: Who;
  /** Takes back what people were told of a preview that is about to go; `place` tells its cluster from others. */
  farewell?: ((preview: Preview, why: string, place: string | undefined) => Promise<void>) | undefined;
}
