import { locatePrefix } from '../../interfaces/image-reference.ts';
import type { App } from '../model.ts';

/** How a registry is logged in to, and what the cluster pulls with. */
export interface RegistryUse {
  kind: 'github' | 'digitalocean' | 'other';
  host: string;
  /** Name of the Secret that pods pull with; undefined where one is kept, or none is needed. */
  pullSecret: string | undefined;
}

/** Pure. */
export function registryUse({ registry, cluster }: Pick<App, 'registry' | 'cluster'>): RegistryUse {
  const { host } = locatePrefix(registry);
  if (host === 'ghcr.io') return { kind: 'github', host, pullSecret: 'ghcr' };
  if (host === 'registry.digitalocean.com') return { kind: 'digitalocean', host, pullSecret: undefined };
  return { kind: 'other', host, pullSecret: cluster === undefined || host !== '' ? 'registry' : undefined };
}

/** Pure: whether anything needs DigitalOcean's token. */
export const usesDigitalOcean = (app: Pick<App, 'registry' | 'cluster'>): boolean =>
  app.cluster !== undefined || registryUse(app).kind === 'digitalocean';
