import { createServer, type IncomingMessage, type RequestOptions, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { access } from './api.ts';

/** What is lost on the way: the request, so that nothing is done, or the answer to what was done. */
export type Lost = 'request' | 'answer';

/** A way to the API server on which requests and answers get lost. */
export class LossyWay {
  /** Those that were lost, as `METHOD path`. */
  readonly lost: string[] = [];
  /** Of each request: what is lost of it, if anything. */
  lose: (method: string, path: string) => Lost | undefined = () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((inner, answer) => {
      const { method = '', url = '' } = inner;
      const lost = this.lose(method, url.split('?')[0] ?? '');
      if (lost) this.lost.push(`${method} ${url.split('?')[0]}`);
      if (lost === 'request') return void inner.socket.destroy();
      const outer = request(this.#options(inner), (response) => {
        if (lost === 'answer') return void response.resume().on('end', () => inner.socket.destroy());
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
        answer.on('close', () => response.destroy());
      });
      outer.on('error', () => inner.socket.destroy());
      inner.pipe(outer);
    });
  }

  static async open(): Promise<LossyWay> {
    const way = new LossyWay();
    await new Promise<void>((resolve) => way.#server.listen(0, '127.0.0.1', resolve));
    return way;
  }

  /** The credentials are the way's own: they are not sent over plain HTTP. */
  #options({ method, url, headers }: IncomingMessage): RequestOptions {
    const { cluster, user } = access.selected;
    const { hostname, port } = new URL(access.server);
    const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64');
    return {
      hostname,
      port,
      path: url,
      method,
      ca,
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

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
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
