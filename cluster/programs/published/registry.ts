import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { DockerLogins } from '../../../src/tools/registry/credentials.ts';
import { type Place, parseRepository } from '../../../src/tools/registry/reference.ts';
import { RegistrySession } from '../../../src/tools/registry/session.ts';
import type { Descriptor } from '../../images/descriptor.ts';
import { OCI_MANIFEST } from './artifact.ts';

/** Whoever starts a cluster offline waits no longer than this before it is built, ms. */
const ASK_LIMIT = 5_000;
/** So long may a registry send nothing of a layer, ms. */
const SILENCE_LIMIT = 30_000;
const REDIRECTS = [301, 302, 303, 307, 308];

/** One repository, read by digest alone: what has another digest is an error, whoever answers. Logins, proxies and CAs as the environment says. */
export class PublishedRepository {
  readonly #place: Place;
  readonly #session: RegistrySession;

  constructor(repository: string) {
    const logins = new DockerLogins({ runner: new NodeProcessRunner(), env: process.env });
    this.#place = parseRepository(repository);
    this.#session = new RegistrySession(this.#place.host, {
      env: process.env,
      login: ({ registry }) => logins.find(registry),
      errors: () => undefined,
    });
  }

  /** Throws an Error that says in one line why it cannot be had. */
  async manifest(digest: string): Promise<Buffer> {
    const signal = AbortSignal.timeout(ASK_LIMIT);
    const path = `/v2/${this.#place.path}/manifests/${digest}`;
    const headers = { accept: OCI_MANIFEST };
    const asked = this.#session.send(this.#place, { method: 'GET', path, action: 'pull', headers, accept: [200], signal, what: 'asking' });
    // Logins and waits between attempts count too.
    const tooLong = once(signal, 'abort').then(() => Promise.reject(new Error(`no answer within ${ASK_LIMIT / 1000} s`)));
    const { bytes } = await Promise.race([asked, tooLong]);
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (found !== digest) throw new Error(`asked for ${digest} it answered ${found}`);
    return bytes;
  }

  /** Writes a layer to `file`, verified while it comes; `onBytes` gets how many have come. Throws an Error that says why it cannot be had. */
  async download({ digest, size }: Descriptor, file: string, onBytes: (received: number) => void): Promise<void> {
    let hash = createHash('sha256');
    let received = 0;
    const receive = async (content: Readable): Promise<void> => {
      hash = createHash('sha256');
      received = 0;
      const verify = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          received += chunk.length;
          if (received > size) return;
          hash.update(chunk);
          onBytes(received);
          yield chunk;
        }
      };
      await pipeline(content, verify, createWriteStream(file));
    };
    const what = `layer ${digest.slice(0, 19)}…`;
    const request = { method: 'GET', action: 'pull', timeoutMs: SILENCE_LIMIT, receive, what } as const;
    const path = `/v2/${this.#place.path}/blobs/${digest}`;
    const { status, headers } = await this.#session.send(this.#place, { ...request, path, accept: [200, ...REDIRECTS] });
    if (status !== 200) {
      const location = new URL(headers.location ?? '', await this.#session.origin()).href;
      await this.#session.send(this.#place, { ...request, path: location, accept: [200] });
    }
    if (received > size) throw new Error(`${what} is longer than its ${size} bytes`);
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) throw new Error(`${what} has other content (${found.slice(0, 19)}…, ${received} of ${size} bytes)`);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
