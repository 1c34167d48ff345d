import { once } from 'node:events';
import { createServer, type IncomingMessage, request as plain, type Server, type ServerResponse } from 'node:http';
import { Agent, request as secure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../../src/interfaces/clock.ts';
import { CancelledError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { PREVIEW_LABEL } from '../../../../src/preview/model/index.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import type { ClusterAccess } from '../../../../src/tools/kubernetes/load.ts';

export const FAULTS = ['killed before', 'killed after', 'cancelled', 'lost'] as const;

/**
 * What happens at a run's n-th call, of Kubernetes or of GitHub, reads counted: the run is `killed before` it arrives or `killed after`; it is
 * `cancelled` with it; its answer is `lost`.
 */
export interface Fault {
  kind: (typeof FAULTS)[number];
  call: number;
  /** Of the calls whose method and path hold this; left out: of all. */
  of?: string;
}

interface Options {
  /** As the cluster has it. */
  pace: Clock;
  fault?: Fault | undefined;
  onCall?: (count: number) => void;
  /** The run gave a call up that nothing was in the way of: clients count real time. */
  onStarved(): void;
  access: ClusterAccess;
  /** GitHub's stand-in. */
  github: string;
  /** How far the API server's clock is ahead, and this machine's, ms. */
  serverAhead: number;
  machineAhead: number;
  /** Other histories have previews in the same cluster: a list of all previews shows those of this one. */
  isOwn(namespace: KubernetesObject): boolean;
}

/** Longer pauses are limits. */
const LONGEST_PAUSE_MS = 3_000;
const FASTER = 20;
/** No API server takes so long for an answer that has a processor. */
const STARVED_MS = 20_000;
/** One for all runs against a cluster. */
const agents = new Map<string, Agent>();

/** Between one run and the world: what it calls goes through here, up to the call at which its fault meets it. */
export class Gate {
  /** Resolves when the run has been killed. */
  readonly killed: Promise<'killed'>;
  readonly story: string[] = [];
  readonly clock: Clock;
  /** Whether its fault has come to pass. */
  met = false;
  /** Calls that its fault is about. */
  #counted = 0;
  readonly #options: Options;
  readonly #cancel = new AbortController();
  readonly #cut = new AbortController();
  /** What a run waits for that is gone: until all is over. */
  readonly #never = Promise.withResolvers<never>();
  readonly #kubernetes: Server;
  readonly #github: Server;
  #die: (value: 'killed') => void = () => undefined;

  private constructor(options: Options) {
    this.#options = options;
    this.#never.promise.catch(() => undefined);
    this.killed = new Promise((resolve) => {
      this.#die = resolve;
    });
    this.#kubernetes = createServer((request, response) => this.#pass('kubernetes', request, response));
    this.#github = createServer((request, response) => this.#pass('github', request, response));
    this.clock = {
      now: () => options.pace.now() + options.machineAhead,
      elapsed: () => options.pace.elapsed(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  static async open(options: Options): Promise<Gate> {
    const gate = new Gate(options);
    const servers = [gate.#kubernetes, gate.#github];
    await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
    return gate;
  }

  /** Aborted when the run is cancelled. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get githubUrl(): string {
    return urlOf(this.#github);
  }

  get kubeconfig(): string {
    const named = { cluster: 'api', user: 'run' };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'api', cluster: { server: urlOf(this.#kubernetes) } }],
      users: [{ name: 'run', user: {} }],
      contexts: [{ name: 'run', context: named }],
      'current-context': 'run',
    });
  }

  /** Whatever is still waiting learns that it is all over, so that nothing of a killed run goes on in this process. */
  close(): void {
    this.#cut.abort();
    this.#cancel.abort(new CancelledError('The history is over'));
    this.#never.reject(new CancelledError('The history is over'));
    for (const server of [this.#kubernetes, this.#github]) {
      server.closeAllConnections();
      server.close();
    }
  }

  #pass(to: 'kubernetes' | 'github', request: IncomingMessage, response: ServerResponse): void {
    if (this.#cut.signal.aborted) return;
    const { method = '', url = '' } = request;
    // What keeps the lease goes by time.
    const kind = /\/leases\//.test(url) ? undefined : this.#faultAt(`${method} ${url}`);
    if (kind === 'killed before') {
      this.#kill();
      return;
    }
    if (kind === 'cancelled') this.#cancel.abort(new CancelledError('Cancelled by SIGTERM'));
    const up = to === 'github' ? this.#toGitHub(request) : toKubernetes(request, this.#options.access);
    up.on('response', (answer) => {
      if (kind === 'killed after') this.#kill();
      if (this.#cut.signal.aborted) return void answer.destroy();
      if (kind !== 'lost') return this.#answer(url, answer, response);
      answer.resume();
      response.destroy();
    });
    up.on('error', () => response.destroy());
    const began = performance.now();
    response.on('close', () => {
      const unanswered = !response.headersSent && kind === undefined && !this.#cut.signal.aborted && !this.signal.aborted;
      if (unanswered && performance.now() - began > STARVED_MS) this.#options.onStarved();
      up.destroy();
    });
    this.#cut.signal.addEventListener('abort', () => up.destroy(), { once: true });
    request.pipe(up);
  }

  #faultAt(call: string): Fault['kind'] | undefined {
    this.#options.onCall?.(this.story.push(call.slice(0, 160)));
    const { fault } = this.#options;
    if (fault === undefined || this.met || !call.includes(fault.of ?? '')) return undefined;
    this.#counted += 1;
    this.met = this.#counted === fault.call;
    return this.met ? fault.kind : undefined;
  }

  #kill(): void {
    this.#cut.abort();
    this.#die('killed');
  }

  #toGitHub({ method, url, headers }: IncomingMessage) {
    const { hostname, port } = new URL(this.#options.github);
    return plain({ hostname, port, method, path: url, headers });
  }

  #answer(url: string, answer: IncomingMessage, response: ServerResponse): void {
    const headers = { ...answer.headers };
    if (headers.date) headers.date = new Date(Date.now() + this.#options.serverAhead).toUTCString();
    if (!isListOfPreviews(url)) {
      response.writeHead(answer.statusCode ?? 500, headers);
      return void answer.pipe(response);
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
    answer.on('end', () => {
      const list = JSON.parse(Buffer.concat(chunks).toString()) as { items?: KubernetesObject[] };
      const own = { ...list, ...(list.items && { items: list.items.filter((item) => this.#options.isOwn(item)) }) };
      const { 'content-length': _, 'transfer-encoding': __, ...rest } = headers;
      response.writeHead(answer.statusCode ?? 500, rest).end(JSON.stringify(own));
    });
  }

  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#cut.signal.aborted) return this.#never.promise;
    const until = signal ? AbortSignal.any([signal, this.#cut.signal]) : this.#cut.signal;
    const slept = ms > LONGEST_PAUSE_MS ? this.#options.pace.sleep(ms, until) : systemClock.sleep(ms / FASTER, until);
    return slept.then(
      () => (this.#cut.signal.aborted ? this.#never.promise : undefined),
      (error) => (this.#cut.signal.aborted ? this.#never.promise : Promise.reject(error)),
    );
  }
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const isListOfPreviews = (url: string): boolean => {
  const { pathname, searchParams } = new URL(url, 'http://api');
  return pathname === '/api/v1/namespaces' && searchParams.get('labelSelector') === PREVIEW_LABEL && !searchParams.has('watch');
};

function toKubernetes({ method, url, headers }: IncomingMessage, access: ClusterAccess) {
  const { hostname, port } = new URL(access.server);
  const { token } = access.selected.user;
  const { host: _, ...rest } = headers;
  const own = { ...rest, ...(token && { authorization: `Bearer ${token}` }) };
  return secure({ hostname, port, method, path: url, headers: own, agent: agentFor(access) });
}

function agentFor({ server, selected: { cluster, user } }: ClusterAccess): Agent {
  const known = agents.get(server);
  if (known) return known;
  const pem = (data: string | null | undefined): Buffer | undefined => (data ? Buffer.from(data, 'base64') : undefined);
  const agent = new Agent({
    keepAlive: true,
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  });
  agents.set(server, agent);
  return agent;
}
