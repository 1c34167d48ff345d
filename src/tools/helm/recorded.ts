import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { decodeRelease, SECRET } from './release-secret.ts';

/** What Helm rendered and applied, hooks left out. */
export interface RecordedManifest {
  revision: number;
  /** YAML documents. */
  manifest: string;
}

/** A release's last deployed revision, read from its Secret: without the program `helm`, for readers. */
export async function recordedManifest(kubernetes: Kubernetes, release: string): Promise<RecordedManifest | undefined> {
  const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release},status=deployed` });
  const revision = (labels: Record<string, string> | undefined): number => Number(labels?.version ?? 0);
  const [newest] = items.sort((a, b) => revision(b.metadata.labels) - revision(a.metadata.labels));
  return newest && { revision: revision(newest.metadata.labels), manifest: decodeRelease(newest).manifest ?? '' };
}
