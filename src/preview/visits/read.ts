import { POD } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Http } from '../../interfaces/http.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { Counts } from './counts.ts';
import { DOOR_SELECTOR, type Led, metricsOf, requestsFor } from './doors.ts';

interface VisitTools {
  kubernetes: Kubernetes;
  http: Http;
  signal: AbortSignal;
}

/** What the front doors have counted. */
export interface Visits {
  /** Pure: of the requests for these Services. */
  countsOf(led: Led): Counts;
  /** The first parts of the UIDs of all pods, those that did not tell too. */
  pods: readonly string[];
  /** `namespace/name` of the pods that told. */
  read: readonly string[];
  /** Why others did not, or nobody did; empty where all did. */
  unread: readonly string[];
}

/** A door of more pods than that is not asked: those that are left out would be visits that nobody sees. */
const MOST = 20;
const LIMIT_MS = 5_000;
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Asks each pod of the cluster's front doors for what it has counted, by port-forwards. Only a run that is cancelled throws: what may not be
 * read, or does not answer, is in `unread`.
 */
export async function readVisits(tools: VisitTools): Promise<Visits> {
  const { kubernetes, signal } = tools;
  const told: { pod: Pod; text: string }[] = [];
  let running: Pod[] = [];
  const unread: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HttpError)) throw error;
      unread.push(`${what}: ${messageOf(error)}`);
    }
  };
  await attempt('pods of front doors', async () => {
    const { items } = await kubernetes.list(POD, { allNamespaces: true, labelSelector: DOOR_SELECTOR });
    running = items.filter(({ status }) => status?.phase === 'Running');
    if (running.length === 0) unread.push('no front door is known that counts visits');
    if (running.length > MOST) return void unread.push(`${running.length} pods lead users in, and at most ${MOST} are asked`);
    await Promise.all(
      running.map((pod) =>
        attempt(nameOf(pod), async () => {
          const text = await metricsText(pod, tools);
          if (text === undefined) unread.push(`${nameOf(pod)} has no port "metrics"`);
          else told.push({ pod, text });
        }),
      ),
    );
  });
  return {
    countsOf: (led) =>
      Object.fromEntries(
        told.map(({ pod, text }) => [keyOf(pod), requestsFor(pod.metadata.labels?.['app.kubernetes.io/name'], text, led) ?? 0]),
      ),
    pods: running.map(keyOf),
    read: told.map(({ pod }) => nameOf(pod)).sort(),
    unread: unread.sort(),
  };
}

const keyOf = ({ metadata }: Pod): string => (metadata.uid ?? '').slice(0, 8);
const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

async function metricsText(pod: Pod, { kubernetes, http, signal }: VisitTools): Promise<string | undefined> {
  const metrics = metricsOf(pod);
  if (metrics === undefined) return undefined;
  const { name, namespace } = pod.metadata;
  const { status, body } = await http.request({
    method: 'GET',
    url: `http://${name}:${metrics.port}${metrics.path}`,
    headers: { accept: 'text/plain' },
    timeoutMs: LIMIT_MS,
    maxBytes: MAX_BYTES,
    signal,
    connect: () => kubernetes.portForward({ name, namespace }, metrics.port),
  });
  if (status !== 200) throw new HttpError(`${metrics.path} answers ${status}`, { status });
  return body;
}
