import { colorRelease, journalName, SECRET } from '../../deploy/kube/names.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { COLORS, FIELD_MANAGER } from '../../split/model.ts';
import { CRON_JOB } from './cron-job.ts';
import { RECOVERY_VOLUME, recoverySources } from './pod.ts';

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
  return [...[...newest.values()].map(({ name }) => name).sort(), journalName(release)];
}

/**
 * Has the CronJob of an app's backups take up what Helm has recorded last: its pods have no account, and mount these Secrets by name. Resolves
 * to false where there is no such CronJob, or nothing to change.
 */
export async function followRecords(kubernetes: Kubernetes, release: string, cronJob: string): Promise<boolean> {
  const { items } = await kubernetes.list(CRON_JOB, { fieldSelector: `metadata.name=${cronJob}` });
  const path = ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes'];
  const volumes = fieldAt(items[0], ...path);
  if (!items[0] || !Array.isArray(volumes)) return false;
  const index = volumes.findIndex((volume) => isMap(volume) && volume.name === RECOVERY_VOLUME);
  // It was installed by an earlier version of this product.
  if (index < 0) return false;
  const wanted = recoverySources(await recoveryPoint(kubernetes, release));
  if (JSON.stringify(namesOf(fieldAt(volumes[index], 'projected', 'sources'))) === JSON.stringify(namesOf(wanted))) return false;
  const patch = [
    { op: 'test', path: '/metadata/resourceVersion', value: items[0].metadata.resourceVersion },
    { op: 'replace', path: `/${path.join('/')}/${index}/projected/sources`, value: wanted },
  ];
  await kubernetes.patch({ ...CRON_JOB, name: cronJob }, patch, { type: 'json', fieldManager: FIELD_MANAGER });
  return true;
}

const namesOf = (sources: unknown): unknown[] => (Array.isArray(sources) ? sources.map((source) => fieldAt(source, 'secret', 'name')) : []);
