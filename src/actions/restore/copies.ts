import { recordedObjects } from '../../backup/index.ts';
import type { RecordedApp } from '../../deploy/reinstate/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';

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

/** Those that the app's own pods name, as far as they are there: what is missing is said where it is needed. */
export async function copyPullSecretsOf(app: RecordedApp, from: Kubernetes, to: Kubernetes): Promise<void> {
  const named = recordedObjects(app).flatMap((object) => podTemplateOf(object)?.spec?.imagePullSecrets ?? []);
  const names = [...new Set(named.flatMap(({ name }) => name ?? []))];
  const found = await Promise.all(names.map((name) => from.get<Secret>({ ...SECRET, name })));
  await copyPullSecrets(
    from,
    to,
    found.flatMap((secret) => (secret && FOR_PULLS.test(secret.type ?? '') ? [secret.metadata.name] : [])),
  );
}
