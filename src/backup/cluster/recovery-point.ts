import { colorRelease, journalName, SECRET } from '../../deploy/kube/names.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { COLORS } from '../../split/model.ts';

/**
 * Names of the Secrets that say which app it is that the database belongs to: the newest record that Helm has of the base and of each color
 * (chart, values and manifests, with the images' digests), and the journal. They are handed to the Job as they are; nothing of them comes here.
 */
export async function recoveryPoint(kubernetes: Kubernetes, release: string): Promise<string[]> {
  const releases = [release, ...COLORS.map((color) => colorRelease(release, color))];
  const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name in (${releases.join(',')})`, metadataOnly: true });
  const newest = new Map<string, { name: string; revision: number }>();
  for (const { metadata } of items) {
    const [of = '', revision] = [metadata.labels?.name, Number(metadata.labels?.version)];
    if (metadata.labels?.status === 'deployed' && revision > (newest.get(of)?.revision ?? 0))
      newest.set(of, { name: metadata.name, revision });
  }
  const journal = await kubernetes.list(SECRET, { fieldSelector: `metadata.name=${journalName(release)}`, metadataOnly: true });
  return [...[...newest.values()].map(({ name }) => name).sort(), ...journal.items.map(({ metadata }) => metadata.name)];
}
