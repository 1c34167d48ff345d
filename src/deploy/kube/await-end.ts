import type { Clock } from '../../interfaces/clock.ts';
import { TimeoutError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Namespace } from '../../interfaces/objects.ts';
import { NAMESPACE } from './names.ts';
import { watchUntil } from './watch.ts';

interface Tools {
  kubernetes: Kubernetes;
  clock: Clock;
  signal: AbortSignal;
}

/** A namespace, and which one of that name. */
export interface Ending {
  namespace: string;
  uid: string;
}

/** Waits until the namespace is gone, and looks for it again: undefined then. Else it, as it is at the limit. */
export async function awaitEnd(tools: Tools, { namespace, uid }: Ending, limitMs: number): Promise<Namespace | undefined> {
  const { clock } = tools;
  const until = clock.elapsed() + limitMs;
  for (;;) {
    const live = await lookAgain(tools, namespace, uid);
    if (live === undefined || clock.elapsed() >= until) return live;
    await watched(tools, namespace, uid, until - clock.elapsed());
  }
}

/** By a list, whose answer says what it is: a proxy's 404 is no proof that something is gone. */
async function lookAgain({ kubernetes }: Tools, namespace: string, uid: string): Promise<Namespace | undefined> {
  const { items } = await kubernetes.list(NAMESPACE, { fieldSelector: `metadata.name=${namespace}` });
  return items.find(({ metadata }) => metadata.uid === uid);
}

async function watched(tools: Tools, namespace: string, uid: string, limitMs: number): Promise<void> {
  let looks = 0;
  try {
    await watchUntil({
      ...tools,
      watch: [{ kind: NAMESPACE, options: { fieldSelector: `metadata.name=${namespace}` } }],
      limitMs,
      waitingFor: `namespace ${namespace} to be gone`,
      judge: (view) => {
        looks += 1;
        // Before the first list has come there is nothing in the view.
        return looks > 2 && view.get(NAMESPACE, namespace)?.metadata.uid !== uid ? true : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
}
