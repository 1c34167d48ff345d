import { quantity } from '../../split/kinds/quantity.ts';
import type { PreviewRules } from '../../split/model.ts';
import {
  beginProbe,
  copySecrets,
  copyTlsSecret,
  ensureNoIndex,
  ensurePriority,
  findFrontDoors,
  lacking,
  type Probe,
  surround,
} from '../isolate/index.ts';
import { ownOf, type Preview, sharedBy } from '../model/index.ts';
import type { UpOptions, UpTools } from './options.ts';

/** Of any workload: one preview is for a few people. */
const REPLICAS = 2;

/** Applies what stands around the pods of a preview, and begins to try whether it holds. `notes`: what is otherwise than one may think. */
export async function surrounded(
  options: UpOptions,
  preview: Preview,
  tools: UpTools,
  notes: string[],
): Promise<{ rules: PreviewRules; probe: Probe | undefined }> {
  const { kubernetes } = tools;
  const frontDoors = options.frontDoors ? { namespaces: options.frontDoors, addresses: [] } : await findFrontDoors(kubernetes);
  if (frontDoors.namespaces.length === 0) notes.push('Which program leads users in is not known: pods take connections from any namespace');
  const own = ownOf(options);
  const isShared = sharedBy(options) !== undefined;
  if (isShared) notes.push(...(await lacking(kubernetes, options)));
  const isolation = { ...options, own, quota: isShared ? undefined : options.quota, frontDoors };
  await surround(tools, isolation);
  const priorityClass = isShared ? undefined : await ensurePriority(kubernetes);
  if (priorityClass === undefined && !isShared)
    notes.push('This account may not make a PriorityClass: pods of this preview do not yield to others');
  await copySecrets(kubernetes, options.copies, options.namespace);
  const tlsSecret = options.tls && (await copyTlsSecret(kubernetes, options.tls, options.namespace));
  const noindex = options.noindex ? await ensureNoIndex(kubernetes, own) : undefined;
  const { imagePullSecrets } = options.deploy;
  const job = { image: options.wakerImage, imagePullSecrets, priorityClass };
  const probe = options.isolationProbe === 'off' ? undefined : beginProbe({ ...job, isolation, noted: preview.isolation }, tools);
  const storage = quantity(options.quota.storage);
  const rules = { host: options.host, tlsSecret, replicas: REPLICAS, storage, priorityClass, noindex, own: own.labels };
  return { rules, probe };
}
