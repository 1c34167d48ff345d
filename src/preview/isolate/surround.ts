import { SECRET } from '../../deploy/kube/names.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { ConfigurationError, HttpError, TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ResourceQuota, Secret } from '../../interfaces/objects.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import type { GoneTools } from '../gone/index.ts';
import { type Isolation, isolationObjects, QUOTA } from './objects.ts';

/** Where a Secret is. */
export interface Place {
  namespace: string;
  name: string;
}

/** Applies quota, limits and network policies before the first pod comes. */
export async function surround(tools: GoneTools, isolation: Isolation): Promise<void> {
  for (const object of isolationObjects(isolation)) await tools.kubernetes.apply(object, { fieldManager: FIELD_MANAGER, force: true });
  if (isolation.quota) await awaitQuota(tools);
}

const RESOURCE_QUOTA: KindRef<ResourceQuota> = { apiVersion: 'v1', kind: 'ResourceQuota' };
const QUOTA_MS = 15_000;

/** Until its controller has counted, the API server refuses every pod. */
async function awaitQuota(tools: GoneTools): Promise<void> {
  try {
    await watchUntil({
      ...tools,
      watch: [{ kind: RESOURCE_QUOTA }],
      limitMs: QUOTA_MS,
      waitingFor: `the quota ${QUOTA} to be counted`,
      judge: (view) => (view.get(RESOURCE_QUOTA, QUOTA)?.status?.hard ? true : undefined),
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    tools.log.info(error.message);
  }
}

/** The certificate that all previews share, copied into this one's namespace where it is not there. Returns its name there. Errors: `ConfigurationError`. */
export async function copyTlsSecret(kubernetes: Kubernetes, from: Place, to: string): Promise<string> {
  const source = await kubernetes.get<Secret>({ ...SECRET, ...from });
  if (source?.type !== 'kubernetes.io/tls') {
    throw new ConfigurationError(
      `Input "tls-secret" names ${from.namespace}/${from.name}, which ${source ? 'is no Secret of type kubernetes.io/tls' : 'is not there'}`,
      {
        hint: `kubectl get secrets --namespace ${from.namespace} --field-selector type=kubernetes.io/tls`,
      },
    );
  }
  if (from.namespace === to) return from.name;
  const metadata = { name: TLS_SECRET, namespace: to };
  await kubernetes.apply({ ...SECRET, metadata, type: source.type, data: source.data } as Secret, {
    fieldManager: FIELD_MANAGER,
    force: true,
  });
  return TLS_SECRET;
}

const TLS_SECRET = 'todo-deploy-preview-tls';

/**
 * Secrets of other namespaces that a preview needs as well, under their own names: what pods pull images with, for one. What is of a
 * ServiceAccount is not copied. Errors: `ConfigurationError`.
 */
export async function copySecrets(kubernetes: Kubernetes, places: readonly Place[], to: string): Promise<void> {
  for (const from of places) {
    const source = await kubernetes.get<Secret>({ ...SECRET, ...from });
    if (source === undefined || source.type === 'kubernetes.io/service-account-token') {
      throw new ConfigurationError(
        `Input "copy-secrets" names ${from.namespace}/${from.name}, which ${source ? "is a ServiceAccount's token" : 'is not there'}`,
        { hint: `kubectl get secrets --namespace ${from.namespace}` },
      );
    }
    if (from.namespace !== to) await copy(kubernetes, source, { name: from.name, namespace: to });
  }
}

const copy = (kubernetes: Kubernetes, { type, data }: Secret, metadata: Place): Promise<Secret> =>
  kubernetes.apply({ ...SECRET, metadata, type, data } as Secret, { fieldManager: FIELD_MANAGER, force: true });

/** A priority below everything that names none; undefined where this account may not make one. */
export async function ensurePriority(kubernetes: Kubernetes): Promise<string | undefined> {
  const ref = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: QUOTA };
  try {
    if (await kubernetes.get(ref)) return QUOTA;
    const { name, ...kind } = ref;
    const description = 'Pods of previews yield to everything else, and displace nothing.';
    await kubernetes.create({ ...kind, metadata: { name }, value: -1000, preemptionPolicy: 'Never', description });
    return QUOTA;
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) return QUOTA;
    if (error instanceof HttpError && error.status === 403) return undefined;
    throw error;
  }
}
