import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import { type AddressInfo, createServer as listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms } from '../../../cluster/programs/build.ts';
import { until } from '../../../cluster/wait.ts';

const OCI = 'application/vnd.oci.image';
const EMPTY = Buffer.from('{}');
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The registry, with its memory as storage; what reads through `host` may be answered otherwise, or not at all. */
export class FaultyRegistry {
  /** What comes instead of the answer to a read, if anything does. */
  lie: () => 'none' | 'error' | 'html' | 'slow down' | 'cut' | 'short' = () => 'none';
  readonly #program: ChildProcess;
  readonly #folder: string;
  readonly #port: number;
  readonly #front: Server;
  readonly #known = new Set<string>();

  private constructor(program: ChildProcess, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.#port = port;
    this.#front = createServer((request, response) => this.#pass(request, response));
  }

  static async start(): Promise<FaultyRegistry> {
    const programs = await ensurePrograms(['registry'], { alone: true });
    const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-registry-'));
    const port = await freePort();
    const config = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { inmemory: {}, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}` },
    };
    writeFileSync(join(folder, 'config.yaml'), JSON.stringify(config));
    const program = spawn(programs.get('registry') ?? 'registry', ['serve', join(folder, 'config.yaml')], {
      stdio: 'ignore',
      env: { OTEL_TRACES_EXPORTER: 'none' },
    });
    const registry = new FaultyRegistry(program, folder, port);
    await until('the registry', 60_000, async () => ((await registry.#call('GET', '/v2/')).status === 200 ? true : undefined));
    await once(registry.#front.listen(0, '127.0.0.1'), 'listening');
    return registry;
  }

  /** `127.0.0.1:4711` */
  get host(): string {
    return `127.0.0.1:${(this.#front.address() as AddressInfo).port}`;
  }

  end(): void {
    this.#front.closeAllConnections();
    this.#front.close();
    this.#program.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An image of its own content. Returns its digest. */
  async pushImage(repository: string, content: string, tag: string): Promise<string> {
    await this.#config(repository);
    const config = { mediaType: `${OCI}.config.v1+json`, digest: digestOf(EMPTY), size: EMPTY.length };
    return await this.#manifest(repository, tag, { mediaType: `${OCI}.manifest.v1+json`, config, layers: [], annotations: { content } });
  }

  async pushIndex(repository: string, parts: readonly string[], tag: string): Promise<string> {
    const held = await Promise.all(parts.map((digest) => this.#call('HEAD', `/v2/${repository}/manifests/${digest}`)));
    const manifests = parts.map((digest, index) => ({
      // An index that is a part says so: nobody can pull one that is called an image.
      mediaType: held[index]?.headers['content-type'],
      digest,
      size: Number(held[index]?.headers['content-length']),
    }));
    return await this.#manifest(repository, tag, { mediaType: `${OCI}.index.v1+json`, manifests });
  }

  async tag(repository: string, digest: string, tag: string): Promise<void> {
    const { body, headers } = await this.#call('GET', `/v2/${repository}/manifests/${digest}`);
    await this.#call('PUT', `/v2/${repository}/manifests/${tag}`, body, headers['content-type']);
  }

  /** Whether it is there, with all that it is made of. */
  async isWhole(repository: string, digest: string): Promise<boolean> {
    const { status, body } = await this.#call('GET', `/v2/${repository}/manifests/${digest}`);
    if (status !== 200) return false;
    const { manifests = [] } = JSON.parse(body.toString()) as { manifests?: { digest: string }[] };
    const parts = await Promise.all(manifests.map((part) => this.isWhole(repository, part.digest)));
    return parts.every(Boolean);
  }

  async #config(repository: string): Promise<void> {
    if (this.#known.has(repository)) return;
    const { headers } = await this.#call('POST', `/v2/${repository}/blobs/uploads/`);
    const { pathname, searchParams } = new URL(String(headers.location), 'http://registry');
    searchParams.set('digest', digestOf(EMPTY));
    await this.#call('PUT', `${pathname}?${searchParams}`, EMPTY, 'application/octet-stream');
    this.#known.add(repository);
  }

  async #manifest(repository: string, tag: string, manifest: { mediaType: string; [field: string]: unknown }): Promise<string> {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }));
    const { status } = await this.#call('PUT', `/v2/${repository}/manifests/${tag}`, body, manifest.mediaType);
    if (status !== 201) throw new Error(`The registry did not take ${repository}:${tag} (${status})`);
    return digestOf(body);
  }

  #call(
    method: string,
    path: string,
    body?: Buffer,
    type?: string,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    const accept = `${OCI}.manifest.v1+json, ${OCI}.index.v1+json`;
    return new Promise((resolve, reject) => {
      const headers = { accept, ...(type && { 'content-type': type }), 'content-length': body?.length ?? 0 };
      const call = send({ host: '127.0.0.1', port: this.#port, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }));
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const kind = method === 'DELETE' || url === '/v2/' ? 'none' : this.lie();
    if (kind === 'error') return void response.writeHead(500).end('{"errors":[{"code":"UNKNOWN"}]}');
    if (kind === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the proxy</html>');
    if (kind === 'slow down') return void response.writeHead(429, { 'retry-after': '0' }).end();
    const up = send({ host: '127.0.0.1', port: this.#port, method, path: url, headers }, (answer) => {
      if (kind === 'cut') {
        response.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': '100000' });
        return void response.write('{"name"', () => response.destroy());
      }
      if (kind !== 'short' || !url.includes('/tags/list')) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        return void answer.pipe(response);
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
      answer.on('end', () => {
        const { name, tags } = JSON.parse(Buffer.concat(chunks).toString()) as { name: string; tags: string[] | null };
        const some = (tags ?? []).filter((_, index) => index % 3 !== 0);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ name, tags: some }));
      });
    });
    up.on('error', () => response.destroy());
    request.pipe(up);
  }
}

async function freePort(): Promise<number> {
  const server = listener();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
