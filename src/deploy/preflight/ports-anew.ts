import { HttpError } from '../../interfaces/errors.ts';
import { isA, type Kubernetes, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { SERVICE } from '../kube/names.ts';
import { samePorts } from '../kube/service-ports.ts';

/** A name that no object has yet, for a dry run. */
export const checkName = (name: string): string => `${name.slice(0, 56)}-check`;

/**
 * What the API server has against the ports of a Service that lives with others. After a way back nobody owns the live ones, and a merge, as a
 * server-side apply makes it, keeps them beside the new ones; a deploy replaces them, in one update. So a new Service is asked about. Returns
 * `refused` where that is about anything else.
 */
export async function refusedAnew(kubernetes: Kubernetes, object: KubernetesObject, refused: HttpError): Promise<HttpError | undefined> {
  if (!isA(object, SERVICE) || refused.fields.length === 0 || !refused.fields.every((field) => field.startsWith('spec.ports')))
    return refused;
  const live = (await kubernetes.get({ ...SERVICE, name: object.metadata.name }))?.spec?.ports ?? [];
  const wanted = object.spec?.ports ?? [];
  if (live.length === 0 || samePorts(live, wanted)) return refused;
  const own = new Set(live.map(({ nodePort }) => nodePort));
  const ports = wanted.map(({ nodePort, ...port }) => (nodePort === undefined || own.has(nodePort) ? port : { ...port, nodePort }));
  const anew = { ...object, metadata: { ...object.metadata, name: checkName(object.metadata.name) }, spec: { ...object.spec, ports } };
  try {
    await kubernetes.apply(anew, { fieldManager: 'helm', force: true, dryRun: true });
  } catch (error) {
    if (error instanceof HttpError && error.status === 422) return refused;
    throw error;
  }
  return undefined;
}
