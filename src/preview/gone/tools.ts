import type { Who } from '../../deploy/index.ts';
import type { Clock } from '../../interfaces/clock.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { KindFinder, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';

/** What taking a preview down works with. */
export interface GoneTools {
  /** In the preview's own namespace, and so is Helm. */
  kubernetes: Kubernetes & KindFinder;
  helm: Helm;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  who: Who;
}
