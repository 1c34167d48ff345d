import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SerializedBundle } from '@sigstore/bundle';
import { attachArtifactToImage } from '@sigstore/oci';
import { ensurePrograms } from '../../../cluster/programs/build.ts';
import { until } from '../../../cluster/wait.ts';
import { sha256 } from '../../../src/build/layout.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { RegistryClient } from '../../../src/tools/registry/client.ts';
import { freePort } from '../ports.ts';

const LOGIN = { username: 'todo', password: 'attest-me' };
/** bcrypt of that password. */
const HASH = '$2b$05$abcdefghijklmnopqrstuuWughMks.i1g58rY87gWHUcVE2clYbt6';
const START_LIMIT_MS = 30_000;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** The CNCF registry alone, on a loopback port, in memory; it keeps referrers under tags. */
export class LoopbackRegistry {
  readonly host: string;
  readonly client: RegistryClient;
  /** For DOCKER_CONFIG. */
  readonly dockerConfig: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(host: string, process: ChildProcess, folder: string) {
    this.host = host;
    this.#process = process;
    this.#folder = folder;
    this.dockerConfig = join(folder, 'docker');
    mkdirSync(this.dockerConfig);
    const auth = btoa(`${LOGIN.username}:${LOGIN.password}`);
    writeFileSync(join(this.dockerConfig, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
    this.client = new RegistryClient({ runner: new NodeProcessRunner({ env: {} }), dockerConfig: this.dockerConfig, env: {} });
  }

  static async start(): Promise<LoopbackRegistry> {
    const programs = await ensurePrograms(['registry'], { alone: true });
    const folder = mkdtempSync(join(tmpdir(), 'registry-'));
    const host = `127.0.0.1:${await freePort()}`;
    const [config, htpasswd] = [join(folder, 'config.json'), join(folder, 'htpasswd')];
    writeFileSync(htpasswd, `${LOGIN.username}:${HASH}\n`);
    writeFileSync(
      config,
      JSON.stringify({
        version: 0.1,
        log: { level: 'error', accesslog: { disabled: true } },
        storage: { inmemory: {} },
        http: { addr: host },
        auth: { htpasswd: { realm: 'test', path: htpasswd } },
      }),
    );
    const env = { ...process.env, OTEL_TRACES_EXPORTER: 'none' };
    const child = spawn(programs.get('registry') ?? '', ['serve', config], { env, stdio: 'ignore' });
    await until(`the registry at ${host}`, START_LIMIT_MS, async () => (await fetch(`http://${host}/v2/`)).status === 401 || undefined);
    return new LoopbackRegistry(host, child, folder);
  }

  async close(): Promise<void> {
    await this.client.close();
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An image whose content is this text. Returns its digest. */
  async pushImage(name: string, text: string): Promise<string> {
    const layout = mkdtempSync(join(this.#folder, 'layout-'));
    mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
    const add = (value: object, mediaType: string): { mediaType: string; digest: string; size: number } => {
      const bytes = Buffer.from(JSON.stringify(value));
      const digest = sha256(bytes);
      writeFileSync(join(layout, 'blobs', ...digest.split(':')), bytes);
      return { mediaType, digest, size: bytes.length };
    };
    const config = add({ os: 'linux', architecture: 'amd64', config: { Labels: { text } } }, 'application/vnd.oci.image.config.v1+json');
    const manifest = add({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] }, MANIFEST);
    await this.client.pushLayout({ layout, manifests: [manifest], blobs: [config], repository: `${this.host}/${name}` });
    return manifest.digest;
  }

  /** As actions/attest pushes an attestation: by its library, with its annotations. */
  async attach(name: string, digest: string, bundle: SerializedBundle): Promise<void> {
    await attachArtifactToImage({
      imageName: `${this.host}/${name}`,
      imageDigest: digest,
      artifact: Buffer.from(JSON.stringify(bundle)),
      mediaType: bundle.mediaType,
      annotations: {
        'dev.sigstore.bundle.content': 'dsse-envelope',
        'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1',
      },
      credentials: LOGIN,
    });
  }
}
