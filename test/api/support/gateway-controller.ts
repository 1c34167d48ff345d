import { equal } from '../../../src/deploy/kube/equal.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import { GATEWAY, GATEWAY_CLASS, ROUTES, type Route } from '../../../src/interfaces/gateway.ts';
import type { Kubernetes } from '../../../src/interfaces/kubernetes.ts';
import { GATEWAY_DEFINITIONS } from './api.ts';
import { installDefinitions } from './definitions.ts';

/** The Gateway API's own definitions, of which the API server knows once this returns. */
export async function installGatewayApi(kubernetes: Kubernetes): Promise<void> {
  await installDefinitions(kubernetes, GATEWAY_DEFINITIONS, [GATEWAY_CLASS, GATEWAY, ...ROUTES.map(({ ref }) => ref)]);
}

/** A condition's reason: of one that is True, or of one that is False. */
interface Said {
  accepted: string;
  resolved: string;
}

/** What it says of a route; undefined: nothing. */
export type Judge = (route: Route) => Said | undefined;

const TRUE = new Set(['Accepted', 'ResolvedRefs']);

/** A Gateway controller, played with the API alone: it writes the status of every route of a namespace, as a test would have it. */
export class GatewayController {
  judge: Judge = () => ({ accepted: 'Accepted', resolved: 'ResolvedRefs' });
  readonly #kubernetes: Kubernetes;
  readonly #stop = new AbortController();
  #working: Promise<void>[] = [];

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  start(): void {
    this.#working = ROUTES.map(({ ref }) => this.#follow(ref));
    for (const work of this.#working) work.catch(() => this.#stop.abort());
  }

  /** Errors: of whatever it could not do. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#working);
  }

  /** Looks at every route once more. */
  async again(): Promise<void> {
    const lists = await Promise.all(ROUTES.map(({ ref }) => this.#kubernetes.list(ref)));
    for (const route of lists.flatMap(({ items }) => items)) await this.#write(route);
  }

  async #follow(kind: (typeof ROUTES)[number]['ref']): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(kind, { signal: this.#stop.signal })) {
      if (type !== 'DELETED') await this.#write(object);
    }
  }

  async #write(route: Route): Promise<void> {
    const said = this.judge(route);
    if (!said) return;
    const condition = (type: string, reason: string) => ({
      type,
      status: TRUE.has(reason) ? 'True' : 'False',
      reason,
      message: `played: ${reason}`,
      observedGeneration: route.metadata.generation ?? 0,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    const conditions = [condition('Accepted', said.accepted), condition('ResolvedRefs', said.resolved)];
    const parents = (route.spec?.parentRefs ?? []).map((parentRef) => ({ parentRef, controllerName: 'example.com/edge', conditions }));
    if (equal(route.status?.parents ?? [], parents)) return;
    const target = { apiVersion: route.apiVersion, kind: route.kind, name: route.metadata.name };
    try {
      await this.#kubernetes.patch<Route>(target, { status: { parents } }, { type: 'merge', subresource: 'status' });
    } catch (error) {
      // It has gone meanwhile.
      if (!(error instanceof HttpError) || error.status !== 404) throw error;
    }
  }
}
