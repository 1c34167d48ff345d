import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import { namespaceEnds } from '../diagnosis/namespace-end.ts';
import { NAMESPACE } from '../kube/names.ts';
import type { Run } from '../run/run.ts';

const refused = (error: unknown): boolean => error instanceof HttpError && error.status === 403;

/** Creates the namespace where it is missing and we may. Errors: `ConfigurationError` with the command that creates it, `StepFailure` where it is being deleted. */
export async function requireNamespace({ kubernetes, log }: Pick<Run, 'kubernetes' | 'log'>): Promise<void> {
  const name = kubernetes.namespace;
  if ((await requireLasting({ kubernetes })) !== 'missing') return;
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

/** Errors: `StepFailure` (namespace-terminating) where the namespace is being deleted: nothing can be created in it, and what is there goes. */
export async function requireLasting({ kubernetes }: Pick<Run, 'kubernetes'>): Promise<'there' | 'missing' | 'unseen'> {
  const name = kubernetes.namespace;
  const namespace = await kubernetes.get({ ...NAMESPACE, name }).catch((error: unknown) => {
    // An account that is bound to one namespace may not look at Namespaces: then there is one.
    if (refused(error)) return 'unseen' as const;
    throw error;
  });
  if (namespace === 'unseen') return 'unseen';
  if (namespace === undefined) return 'missing';
  if (namespace.metadata.deletionTimestamp === undefined) return 'there';
  throw namespaceEnds(name);
}
