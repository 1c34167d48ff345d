import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

/** A forward proxy that alone knows made-up names, as one at the edge of a company's network does. */
export class ForwardProxy {
  /** `CONNECT kube.example:443`, `GET http://app.example/`; what it refused ends with ` refused`. */
  readonly log: string[] = [];
  readonly #names: Readonly<Record<string, string>>;
  readonly #server: Server;
  readonly #login: string | undefined;
  readonly #open = new Set<Socket>();

  /** `names`: host with port → where it really is. `login`: `user:password` that it asks for. */
  private constructor(names: Readonly<Record<string, string>>, login?: string) {
    this.#names = names;
    this.#login = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    this.#server = createServer((incoming, response) => {
      const url = URL.parse(incoming.url ?? '');
      const to = this.#target(`${incoming.method} ${incoming.url}`, url === null ? '' : `${url.hostname}:${url.port || 80}`, incoming);
      if (typeof to === 'number' || url === null) {
        response.writeHead(typeof to === 'number' ? to : 400).end();
        return;
      }
      const { 'proxy-authorization': _, ...headers } = incoming.headers;
      const onward = request({ ...to, method: incoming.method, path: `${url.pathname}${url.search}`, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.writeHead(502).end());
      incoming.pipe(onward);
    });
    this.#server.on('connection', (socket) => this.#open.add(socket));
    this.#server.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      const to = this.#target(`CONNECT ${incoming.url}`, incoming.url ?? '', incoming);
      if (typeof to === 'number') {
        socket.end(`HTTP/1.1 ${to} No\r\n\r\n`);
        return;
      }
      const onward = connect(to, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (head.length > 0) onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      this.#open.add(onward);
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
  }

  static async start(names: Readonly<Record<string, string>>, login?: string): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(names, login);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  #target(line: string, name: string, { headers }: IncomingMessage): { host: string; port: number } | number {
    const known = this.#names[name];
    const code = this.#login !== undefined && headers['proxy-authorization'] !== this.#login ? 407 : known === undefined ? 403 : 200;
    this.log.push(code === 200 ? line : `${line} refused`);
    if (known === undefined || code !== 200) return code;
    const [host = '', port] = known.split(/:(?=\d+$)/);
    return { host, port: Number(port) };
  }

  close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
