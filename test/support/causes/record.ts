import type { ClusterEnvironment } from '../../../demo/environment.ts';
import { ENDPOINT_SLICE, EVENT, PERSISTENT_VOLUME_CLAIM, POD, REPLICA_SET, SERVICE } from '../../../src/deploy/kube/names.ts';
import type { KindRef, Kubernetes, LogOptions } from '../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { judge } from './judge.ts';
import { neutral } from './neutral.ts';
import { expectedOf, Provoked } from './provoke.ts';
import { type Entry, patchOf, type Recording } from './recording.ts';
import { REGISTRY, type Scenario } from './scenario.ts';

const WATCHED: readonly KindRef[] = [
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({ apiVersion: 'apps/v1', kind })),
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  REPLICA_SET,
  POD,
  EVENT,
  SERVICE,
  ENDPOINT_SLICE,
  PERSISTENT_VOLUME_CLAIM,
];
/** What comes in the seconds before a verdict says all that there is to say. */
const LIMIT_MS = 60_000;

export interface Recorded {
  recording: Recording;
  /** What the product said of it, as it happened. */
  said: string;
}

/** Provokes a scenario on the cluster, and writes down what the watches bring until the product has its verdict. */
export async function record(scenario: Scenario, cluster: ClusterEnvironment): Promise<Recorded> {
  const provoked = new Provoked(scenario, cluster, 'causes');
  const { namespace } = provoked;
  const kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig, context: cluster.context }), { namespace });
  const stop = new AbortController();
  try {
    await provoked.prepare();
    const names = { [cluster.registry.host]: REGISTRY };
    const started = Date.now();
    let began = started;
    const entries: Entry[] = [];
    const watching = watchAll(kubernetes, entries, names, () => Date.now() - started, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { hook, limitMs = LIMIT_MS } = scenario;
    const expected = hook ? [] : expectedOf(scenario);
    const logs: Recording['logs'] = {};
    const verdict = await judge(
      { expected, hook, limitMs },
      { kubernetes: keepingLogs(kubernetes, logs), clock: systemClock },
      async () => {
        await provoked.begin();
        if (!hook) began = Date.now();
      },
    );
    const said = verdict === 'ready' ? verdict : `${verdict.reason}: ${verdict.message} — ${verdict.hint}`;
    // What the product read counts: a moment later the next attempt has begun.
    for (const [key, log] of Object.entries(await logsOf(kubernetes))) logs[key] = { ...log, ...logs[key] };
    // What the diagnosis saw came by watches of its own.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    stop.abort();
    await watching;
    for (const entry of entries) entry.at -= began - started;
    entries.sort((a, b) => a.at - b.at);
    return { recording: { scenario: scenario.name, namespace, expected, hook, limitMs, entries, logs }, said };
  } finally {
    stop.abort();
    await provoked.remove();
    await kubernetes.close();
  }
}

/** Writes down what the watches bring, until the signal. */
export async function watchAll(
  kubernetes: Kubernetes,
  entries: Entry[],
  names: Record<string, string>,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  await Promise.allSettled(WATCHED.map((kind) => take(kubernetes, kind, entries, names, now, signal)));
}

async function take(
  kubernetes: Kubernetes,
  kind: KindRef,
  entries: Entry[],
  names: Record<string, string>,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, unknown>();
  for await (const { type, object } of kubernetes.watch(kind, { signal })) {
    const { name } = object.metadata;
    if (name === 'kubernetes' || name.startsWith('kube-root-ca')) continue;
    const whole = neutral({ ...object, kind: kind.kind, apiVersion: kind.apiVersion }, names);
    const change = type === 'DELETED' ? null : patchOf(known.get(name), whole);
    if (type === 'DELETED') known.delete(name);
    else known.set(name, whole);
    // The first list may take a while; what it brings was there before.
    const old = type === 'ADDED' && Date.parse(object.metadata.creationTimestamp ?? '') < Date.now() - now() - 1_000;
    if (change !== undefined) entries.push({ at: old ? 0 : now(), kind: kind.kind, name, object: change });
  }
}

/** The same client; what is read of logs is kept. */
const keepingLogs = (kubernetes: Kubernetes, logs: Recording['logs']): Kubernetes =>
  new Proxy(kubernetes, {
    get(client, name) {
      const value: unknown = Reflect.get(client, name, client);
      if (name !== 'logs') return typeof value === 'function' ? value.bind(client) : value;
      return async (pod: { name: string }, options: LogOptions) => {
        const text = await client.logs(pod, options);
        const key = `${pod.name}/${options.container}`;
        logs[key] = { current: '', previous: '', ...logs[key], [options.previous ? 'previous' : 'current']: text };
        return text;
      };
    },
  });

async function logsOf(kubernetes: Kubernetes): Promise<Recording['logs']> {
  const { items } = await kubernetes.list<Pod>(POD);
  const all = items.flatMap((pod) =>
    [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(async ({ name: container }) => {
      const read = (previous: boolean) =>
        kubernetes.logs({ name: pod.metadata.name }, { container, previous, tailLines: 40 }).catch(() => '');
      return [`${pod.metadata.name}/${container}`, { current: await read(false), previous: await read(true) }] as const;
    }),
  );
  return Object.fromEntries((await Promise.all(all)).filter(([, { current, previous }]) => current || previous));
}
