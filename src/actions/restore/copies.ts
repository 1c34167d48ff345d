import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';

const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;
const FOR_PULLS = /^kubernetes\.io\/dockerc/;

/** Secrets that images are pulled with, from the app's namespace into a drill's. Throws ConfigurationError where one is missing. */
export async function copyPullSecrets(from: Kubernetes, to: Kubernetes, names: readonly string[]): Promise<void> {
  for (const name of new Set(names)) {
    const source = await from.get<Secret>({ ...SECRET, name });
    if (!FOR_PULLS.test(source?.type ?? '')) {
      throw new ConfigurationError(
        `Input "image-pull-secrets" names ${name}, which ${source ? 'is no Secret that images are pulled with' : 'is not there'}`,
        { hint: `kubectl get secrets --namespace ${from.namespace} --field-selector type=kubernetes.io/dockerconfigjson` },
      );
    }
    const copy: Secret = { ...SECRET, metadata: { name }, type: source?.type ?? '', data: source?.data ?? {} };
    await to.apply(copy, { fieldManager: 'todo-deploy', force: true });
  }
}
