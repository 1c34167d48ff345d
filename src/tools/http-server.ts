import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { codeOf, messageOf } from '../interfaces/values.ts';

interface Request {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

interface Response {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Whoever sends slowly, or holds connections open, costs no more than this. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 1_000, maxHeaderSize: 16 * 1024 };
const CONNECTIONS = 500;

/** One server on several ports, that reads no body and answers at once. */
export class HttpServer {
  readonly #servers: Server[] = [];
  readonly #answer: (request: Request) => Response;

  constructor(answer: (request: Request) => Response) {
    this.#answer = answer;
  }

  /** Returns a line for each port that could not be had; the others are served. */
  async listen(ports: readonly number[]): Promise<string[]> {
    const failures = await Promise.all(ports.map((port) => this.#listenOn(port)));
    return failures.filter((failure) => failure !== undefined);
  }

  /** Where it listens. */
  get ports(): number[] {
    return this.#servers.map((server) => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    });
  }

  async #listenOn(port: number): Promise<string | undefined> {
    const server = createServer(LIMITS, ({ method = '', url = '', headers, socket }, response) => {
      const { status, headers: own, body } = this.#answer({ method, url, headers });
      response.writeHead(status, own);
      response.end(method === 'HEAD' ? undefined : body);
      // A body that is still being sent is not waited for.
      response.once('finish', () => socket.destroySoon());
    });
    server.maxConnections = CONNECTIONS;
    server.on('clientError', (_, socket) => socket.destroy());
    return await new Promise((resolve) => {
      server.once('error', (error) => resolve(`Port ${port}: ${codeOf(error) || messageOf(error)}`));
      server.listen(port, () => {
        this.#servers.push(server);
        resolve(undefined);
      });
    });
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
