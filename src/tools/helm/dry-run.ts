import { HttpError, ToolError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { fieldAt } from '../../interfaces/values.ts';

const SIDE_BY_SIDE = 8;

/**
 * Asks the API server about every object of a part (Helm's own dry run only renders and maps kinds). Throws one `HttpError` that names
 * each refused object. `recreated`: kinds of which a deploy may delete and recreate; what cannot be changed in them is no obstacle.
 */
export async function dryRunObjects(part: PartChart, kubernetes: Kubernetes, recreated: readonly KindRef[] = []): Promise<void> {
  const objects = Object.values(part.templates).flatMap(parseObjects);
  const kinds = new Set(
    objects.filter((object) => object.kind === 'CustomResourceDefinition').map((crd) => fieldAt(crd, 'spec', 'names', 'kind')),
  );
  const refused: { object: KubernetesObject; error: HttpError }[] = [];
  const queue = [...objects];
  const worker = async () => {
    for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
      const error = await refusal(object, kinds, kubernetes);
      if (error !== undefined && !(isImmutable(error) && recreated.some(({ kind }) => kind === object.kind)))
        refused.push({ object, error });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  const [first] = refused;
  if (first === undefined) return;
  const { status, code, hint } = first.error;
  const lines = refused.map(({ object, error }) => `${object.kind}/${object.metadata.name}: ${error.message}`);
  throw new HttpError(lines.join('\n'), { status, code, hint, cause: first.error });
}

async function refusal(object: KubernetesObject, newKinds: ReadonlySet<unknown>, kubernetes: Kubernetes): Promise<HttpError | undefined> {
  try {
    await kubernetes.apply(object, { fieldManager: 'helm', force: true, dryRun: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.code === 'UnknownKind' && newKinds.has(object.kind)) return undefined;
    return error;
  }
}

const isImmutable = ({ message }: HttpError): boolean => /field is immutable/.test(message);

function parseObjects(content: string): KubernetesObject[] {
  return content.trim() === ''
    ? []
    : [parseJsonObject<KubernetesObject>(content, (why) => new ToolError(`A file of the part cannot be read: ${why}`))];
}
