import { SECRET } from '../../deploy/kube/names.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { APP_LABEL } from '../../split/model.ts';
import { type Home, sharedBy } from '../model/index.ts';

/**
 * Secrets of the input `secrets` are the preview's, or not there yet, where it shares its namespace: they are written over, and go with it.
 * Errors: `ConfigurationError`.
 */
export async function requireOwnSecrets(kubernetes: Kubernetes, home: Home, secrets: readonly { name: string }[]): Promise<void> {
  const shared = sharedBy(home);
  if (shared === undefined) return;
  for (const name of new Set(secrets.map((secret) => secret.name))) {
    const live = await kubernetes.get({ ...SECRET, name });
    const owner = live?.metadata.labels?.[APP_LABEL];
    if (live === undefined || owner === home.release) continue;
    throw new ConfigurationError(
      `Input "secrets" names ${name}, which is ${owner === undefined ? 'not of this preview' : `of ${owner}`} in namespace ${shared}`,
      { hint: 'Previews share this namespace: name it after the release, in the chart and here: $(release)-….' },
    );
  }
}
