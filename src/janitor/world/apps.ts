import { journalName, SECRET } from '../../deploy/kube/names.ts';
import type { Journal } from '../../deploy/state/model.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { APP_LABEL } from '../../split/model.ts';

export const JOURNAL_TYPE = 'todo-deploy.dev/journal';

/** An app of the cluster, as its journal tells it. */
export interface App {
  namespace: string;
  release: string;
  /** undefined where this version cannot read it. */
  journal: Journal | undefined;
}

/** Every app that this product deployed into the cluster. */
export async function readApps(kubernetes: Kubernetes): Promise<App[]> {
  const { items } = await kubernetes.list(SECRET, { allNamespaces: true, fieldSelector: `type=${JOURNAL_TYPE}` });
  return items.flatMap(appIn);
}

/** Pure: none where the marks do not agree with one another. */
function appIn({ metadata, data }: Secret): App[] {
  const release = metadata.labels?.[APP_LABEL];
  if (!release || !metadata.namespace || metadata.name !== journalName(release)) return [];
  const journal = tryJsonObject<Journal>(Buffer.from(data?.['journal.json'] ?? '', 'base64').toString());
  return [{ namespace: metadata.namespace, release, journal: journal?.schema === 1 ? (journal as Journal) : undefined }];
}
