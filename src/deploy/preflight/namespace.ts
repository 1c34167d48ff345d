import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import { NAMESPACE } from '../kube/names.ts';
import type { Run } from '../run/run.ts';

const refused = (error: unknown): boolean => error instanceof HttpError && error.status === 403;

/** Creates the namespace where it is missing and we may. Errors: `ConfigurationError` with the command that creates it. */
export async function requireNamespace({ kubernetes, log }: Pick<Run, 'kubernetes' | 'log'>): Promise<void> {
  const name = kubernetes.namespace;
  try {
    if (await kubernetes.get({ ...NAMESPACE, name })) return;
  } catch (error) {
    // An account that is bound to one namespace may not look at Namespaces: then there is one.
    if (refused(error)) return;
    throw error;
  }
  try {
    await kubernetes.create({ ...NAMESPACE, metadata: { name } });
    log.info(`Namespace ${name} created`);
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) return;
    if (!refused(error)) throw error;
    throw new ConfigurationError(`The namespace "${name}" does not exist, and this account may not create it`, {
      hint: `kubectl create namespace ${name}`,
      cause: error,
    });
  }
}
