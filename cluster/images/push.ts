import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './process.ts';
import { readJson } from './store.ts';

/** A registry and who writes to it; `caFile` holds the PEM certificate that its TLS certificate is checked against. */
export interface Registry {
  /** `host:port` */
  registryHost: string;
  username: string;
  password: string;
  caFile: string;
  bin: { crane: string };
}

export type Push = (dir: string, repository: string, tags: readonly string[]) => Promise<boolean>;

/**
 * Calls `work` with a function that pushes the one manifest of an OCI layout under several tags, and says whether anything
 * was missing. The password is in a file of mode 0600 that is gone afterwards.
 */
export async function withRegistry<T>(registry: Registry, work: (push: Push) => Promise<T>): Promise<T> {
  const { registryHost, username, password, caFile, bin } = registry;
  const config = await mkdtemp(join(tmpdir(), 'registry-'));
  try {
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [registryHost]: { auth } } }), { mode: 0o600 });
    const env = { DOCKER_CONFIG: config, SSL_CERT_FILE: caFile, NO_PROXY: registryHost, no_proxy: registryHost };
    const crane = (...args: string[]) => run(bin.crane, args, { env, timeout: 120_000 });
    return await work(async (dir, repository, tags) => {
      const index = await readJson<{ manifests: [{ digest: string }] }>(join(dir, 'index.json'));
      const name = `${registryHost}/${repository}`;
      const there = await Promise.all(tags.map((tag) => crane('digest', `${name}:${tag}`).catch(() => '')));
      const missing = tags.filter((_, i) => there[i]?.trim() !== index.manifests[0].digest);
      const [first, ...others] = missing;
      if (first === undefined) return false;
      await crane('push', dir, `${name}:${first}`);
      for (const tag of others) await crane('tag', `${name}:${first}`, tag);
      return true;
    });
  } finally {
    await rm(config, { recursive: true, force: true });
  }
}
