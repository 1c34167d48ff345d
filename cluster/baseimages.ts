import { join } from 'node:path';
import { PATHS, REGISTRY } from './config.ts';
import { buildImages, ensureImages } from './images/index.ts';
import type { Need } from './programs.ts';
import { say } from './progress.ts';
import { REGISTRY_USER, registryPassword } from './registry.ts';

/** Begins to make what is missing in the cache: needs neither registry nor cluster, so it goes on beside their start. */
export function beginBaseImages(): void {
  buildImages(say).catch(() => {}); // reported by ensureBaseImages, which waits for the same work
}

/** Puts the base images that Dockerfiles name, and Trivy's database, into the registry. */
export async function ensureBaseImages(need: Need): Promise<void> {
  await need('crane');
  const password = await registryPassword();
  const bin = { crane: join(PATHS.bin, 'crane') };
  await ensureImages({ log: say, registryHost: REGISTRY, username: REGISTRY_USER, password, caFile: PATHS.caFile, bin });
}
