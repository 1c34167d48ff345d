import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { type ClusterAccess, loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { access } from './api.ts';

/**
 * What becomes of a request: it is lost before it arrives, its answer is lost after it was done, its answer breaks off in the middle, or it is
 * answered with a status instead. 400 is a refusal that nobody repeats.
 */
export type Lost = 'request' | 'answer' | 'half' | 400 | 429 | 500 | 503;

/** A way to the API server on which requests and answers get lost. */
export class LossyWay {
  /** Those that were lost, as `METHOD path`. */
  readonly lost: string[] = [];
  /** Of each request: what is lost of it, if anything. `path` is without `query`; `agent` the program that asks. */
  lose: (method: string, path: string, agent: string, query: string) => Lost | undefined = () => undefined;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });

  readonly #as: ClusterAccess;

  private constructor(as: ClusterAccess) {
    this.#as = as;
    this.#server = createServer((inner, answer) => {
      const { method = '', url = '', headers } = inner;
      const [path = '', query = ''] = url.split('?');
      const lost = this.lose(method, path, headers['user-agent'] ?? '', query);
      if (lost) this.lost.push(`${method} ${path}`);
      if (lost === 'request') return void inner.socket.destroy();
      if (typeof lost === 'number') return void inner.resume().on('end', () => instead(lost, answer));
      const outer = request(this.#options(inner), (response) => {
        if (lost === 'answer') return void response.resume().on('end', () => inner.socket.destroy());
        if (lost === 'half') return void half(response, answer);
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
        answer.on('close', () => response.destroy());
      });
      outer.on('error', () => inner.socket.destroy());
      inner.pipe(outer);
    });
  }

  /** `as`: whose requests they become. */
  static async open(as = access): Promise<LossyWay> {
    const way = new LossyWay(as);
    await new Promise<void>((resolve) => way.#server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  /** The credentials are the way's own: they are not sent over plain HTTP. */
  #options({ method, url, headers }: IncomingMessage): RequestOptions {
    const { cluster, user } = this.#as.selected;
    const { hostname, port } = new URL(this.#as.server);
    const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64');
    return {
      hostname,
      port,
      path: url,
      method,
      ca,
      agent: this.#agent,
      headers: { ...headers, host: hostname, authorization: `Bearer ${user.token}` },
    } as RequestOptions;
  }

  get kubeconfig(): string {
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'lossy', cluster: { server } }],
      users: [{ name: 'nobody', user: {} }],
      contexts: [{ name: 'lossy', context: { cluster: 'lossy', user: 'nobody' } }],
      'current-context': 'lossy',
    });
  }

  get access(): ClusterAccess {
    return loadKubeconfig({ content: this.kubeconfig });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }
}

/** As a server in trouble says it: in words that tell nobody anything. */
function instead(code: number, answer: ServerResponse): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'injected', code };
  const headers: OutgoingHttpHeaders = { 'content-type': 'application/json', ...(code === 429 && { 'retry-after': '1' }) };
  answer.writeHead(code, headers).end(JSON.stringify(status));
}

function half(response: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(response.statusCode ?? 500, response.headers);
  response.once('data', (chunk: Buffer) => answer.write(chunk.subarray(0, chunk.length / 2), () => answer.destroy()));
  response.on('end', () => answer.destroy());
}

/** Loses the first request that is this one, or its answer, and nothing else. */
export function once(wanted: string, path: RegExp, what: Lost): LossyWay['lose'] {
  let done = false;
  return (method, seen) => {
    if (done || method !== wanted || !path.test(seen)) return undefined;
    done = true;
    return what;
  };
}
