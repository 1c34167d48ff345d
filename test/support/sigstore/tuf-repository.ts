import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const DAY_MS = 86_400_000;

type Role = 'root' | 'timestamp' | 'snapshot' | 'targets';
const ROLES: readonly Role[] = ['root', 'timestamp', 'snapshot', 'targets'];

/** A repository of The Update Framework, one key a version of its root, as Sigstore's and GitHub's are laid out. */
export class TufTestRepository {
  readonly asked: string[] = [];
  readonly files = new Map<string, string>();
  readonly #server: Server;
  readonly #keys: readonly KeyObject[];

  private constructor(versions: number) {
    this.#keys = Array.from({ length: versions }, () => generateKeyPairSync('ed25519').privateKey);
    this.#server = createServer(({ url = '' }, response) => {
      this.asked.push(url);
      const body = this.files.get(url);
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
  }

  /** `expiresInMs`: of what says how new it is. */
  static async start(target: string, { versions = 2, expiresInMs = DAY_MS } = {}): Promise<TufTestRepository> {
    const repository = new TufTestRepository(versions);
    await once(repository.#server.listen(0, '127.0.0.1'), 'listening');
    repository.#publish(target, expiresInMs);
    return repository;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The first root, which clients bring along. */
  get root(): string {
    return this.files.get('/1.root.json') ?? '';
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #publish(target: string, expiresInMs: number): void {
    const hash = createHash('sha256').update(target).digest('hex');
    const [newest] = this.#keys.slice(-1);
    for (const [at, key] of this.#keys.entries()) {
      const keys = { [idOf(key)]: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: idOf(key) } } };
      const roles = Object.fromEntries(ROLES.map((role) => [role, { keyids: [idOf(key)], threshold: 1 }]));
      const signers = [key, ...this.#keys.slice(Math.max(0, at - 1), at)];
      this.files.set(`/${at + 1}.root.json`, this.#signed('root', at + 1, { consistent_snapshot: true, keys, roles }, signers));
    }
    const signers = newest === undefined ? [] : [newest];
    const targets = { targets: { 'trusted_root.json': { length: Buffer.byteLength(target), hashes: { sha256: hash } } } };
    this.files.set('/1.targets.json', this.#signed('targets', 1, targets, signers));
    this.files.set('/1.snapshot.json', this.#signed('snapshot', 1, { meta: { 'targets.json': { version: 1 } } }, signers));
    this.files.set('/timestamp.json', this.#signed('timestamp', 1, { meta: { 'snapshot.json': { version: 1 } } }, signers, expiresInMs));
    this.files.set(`/targets/${hash}.trusted_root.json`, target);
  }

  #signed(role: Role, version: number, content: object, signers: readonly KeyObject[], expiresInMs = DAY_MS): string {
    const expires = new Date(Date.now() + expiresInMs).toISOString().replace(/\.\d+Z$/, 'Z');
    const signed = { _type: role, spec_version: '1.0.31', version, expires, ...content };
    const bytes = Buffer.from(canonical(signed));
    const signatures = signers.map((key) => ({ keyid: idOf(key), sig: sign(null, bytes, key).toString('hex') }));
    return JSON.stringify({ signatures, signed });
  }
}

/** The public key in hex. */
const idOf = (key: KeyObject): string => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');

/** Keys in order, no spaces: what is signed. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
}
