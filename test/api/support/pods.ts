import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { ENDPOINT_SLICE, POD } from '../../../src/deploy/kube/names.ts';
import type { Kubernetes } from '../../../src/interfaces/kubernetes.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import type { Kubelet } from './control-loop.ts';

/** How a version turns out: the end of its name. */
export const QUALITIES = ['good', 'crashes', 'sick', 'late'] as const;
/** `crashes` never starts, `sick` fails its checks, `late` fails them at the front door alone, `waits` runs and is never ready. */
export type Quality = (typeof QUALITIES)[number] | 'waits';

export const versionOf = (pod: Pod): string => pod.spec?.containers[0]?.image?.split(':').at(-1) ?? '';
/** A variable says so of one workload, where its version is otherwise. */
const ownQuality = (pod: Pod): string | undefined => pod.spec?.containers[0]?.env?.find(({ name }) => name === 'QUALITY')?.value;
const isOf = (pod: Pod, quality: Quality): boolean => (ownQuality(pod) ?? versionOf(pod)).endsWith(quality);

/** The containers of a pod run at once, or cannot be started; one that is annotated as stuck waits for what a test says of it. */
export const kubelet: Kubelet = (pod, podIP) => {
  if (pod.metadata.annotations?.['test/stuck']) return { phase: 'Pending', ...stuckAs('ContainerCreating', pod) };
  const starts = !isOf(pod, 'crashes');
  const ready = starts && !isOf(pod, 'waits');
  const state = starts
    ? { running: { startedAt: new Date().toISOString() } }
    : { waiting: { reason: 'CreateContainerError', message: 'exec: "app": executable file not found in $PATH' } };
  const containerStatuses = pod.spec?.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready,
    started: starts,
    restartCount: 0,
    state,
  }));
  const status = ready ? 'True' : 'False';
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status },
    { type: 'ContainersReady', status },
  ];
  return { phase: starts ? 'Running' : 'Pending', podIP, podIPs: [{ ip: podIP }], conditions, containerStatuses };
};

/** The status of a pod on a node whose containers wait for this reason. */
export const stuckAs = (reason: string, pod: Pod, message?: string): object => ({
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: 'False' },
    { type: 'Ready', status: 'False' },
  ],
  containerStatuses: pod.spec?.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, message } },
  })),
});

/** What runs in the pods: HTTP, over a port-forward to each or through the front door. */
export class Apps {
  readonly #kubernetes: Kubernetes;
  /** Pods (uid) that have passed a check sent to them alone. */
  readonly passed = new Set<string>();
  readonly #servers = new Map<string, Server>();
  readonly #door: Server;
  #answers = 0;
  /** Which answers of the front door are lost, counted from 1 on since it was said. */
  #lost: (answer: number) => boolean = () => false;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
    this.#door = createServer((_, response) => void this.#frontDoor(response));
  }

  /** Listens; returns the front door's URL. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#door.listen(0, '127.0.0.1', resolve));
    const address = this.#door.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  }

  lose(which: (answer: number) => boolean): void {
    this.#answers = 0;
    this.#lost = which;
  }

  close(): void {
    this.#door.closeAllConnections();
    this.#door.close();
    for (const server of this.#servers.values()) server.closeAllConnections();
  }

  /** A connection to a pod. */
  async forward({ name }: { name: string }): Promise<Duplex> {
    const pod = await this.#kubernetes.get({ ...POD, name });
    if (!pod) throw new Error(`There is no pod ${name}`);
    const uid = pod.metadata.uid ?? '';
    const server = this.#servers.get(uid) ?? createServer((_, response) => this.#answer(pod, response));
    this.#servers.set(uid, server);
    const [near, far] = duplexPair();
    server.emit('connection', far);
    return near;
  }

  #answer(pod: Pod, response: ServerResponse<IncomingMessage>): void {
    const ok = !isOf(pod, 'sick');
    if (ok) this.passed.add(pod.metadata.uid ?? '');
    response.writeHead(ok ? 200 : 500).end(versionOf(pod));
  }

  /** As users are led: by the endpoints of the stable Service. */
  async #frontDoor(response: ServerResponse<IncomingMessage>): Promise<void> {
    const { items } = await this.#kubernetes.list(ENDPOINT_SLICE);
    const endpoints = items
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'small-web')
      .flatMap((slice) => slice.endpoints ?? []);
    const name = endpoints.find(({ conditions }) => conditions?.ready)?.targetRef?.name;
    const pod = name === undefined ? undefined : await this.#kubernetes.get({ ...POD, name });
    if (this.#lost(++this.#answers)) response.destroy();
    else if (!pod) response.writeHead(503).end();
    else response.writeHead(isOf(pod, 'late') || isOf(pod, 'sick') ? 500 : 200).end(versionOf(pod));
  }
}
