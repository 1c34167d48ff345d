import type { Secret } from '../../interfaces/objects.ts';
import { isMap } from '../../interfaces/values.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { ownLabels } from '../kube/live.ts';
import { SECRET } from '../kube/names.ts';
import type { AppContext, DeployRun } from '../run/run.ts';
import type { SecretBefore } from '../state/model.ts';
import { secretObjects } from './secrets.ts';

/** What the Secrets of the input `secrets` hold before they are applied, as far as applying them changes it. */
export async function secretsBefore(run: Pick<DeployRun, 'kubernetes' | 'options'>): Promise<SecretBefore[]> {
  const wanted = secretObjects(run);
  const live = await Promise.all(wanted.map(({ metadata }) => run.kubernetes.get({ ...SECRET, name: metadata.name })));
  return wanted.flatMap((secret, index) => before(secret, live[index]) ?? []);
}

/** Pure: undefined where nothing changes. Keys that this product set before, and does not set now, go with the apply. */
function before({ metadata: { name }, data: wanted = {} }: Secret, live: Secret | undefined): SecretBefore | undefined {
  if (!live) return { name, existed: false, data: {} };
  const keys = [...new Set([...Object.keys(wanted), ...ownKeys(live)])];
  if (keys.every((key) => live.data?.[key] === wanted[key])) return undefined;
  const held = keys.flatMap((key) => (live.data?.[key] === undefined ? [] : [[key, live.data[key]] as const]));
  return { name, existed: true, data: Object.fromEntries(held) };
}

/** Pure: keys that this product has applied. */
function ownKeys({ metadata }: Secret): string[] {
  const own = metadata.managedFields?.filter(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply') ?? [];
  return own.flatMap(({ fieldsV1 }) => {
    const data = fieldsV1?.['f:data'];
    return isMap(data) ? Object.keys(data).flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : [])) : [];
  });
}

/**
 * Former values of the input `secrets`, as this product applied them: a key that was not there goes. A Secret that this run made stays, since
 * nothing that serves reads it, and someone else may by now.
 */
export async function restoreSecrets(
  { kubernetes, options, log }: Pick<AppContext, 'kubernetes' | 'options' | 'log'>,
  recorded: readonly SecretBefore[] = [],
): Promise<void> {
  for (const { name, existed, data } of recorded) {
    if (!existed) {
      log.info(`Secret ${name}, which this run made, stays`);
      continue;
    }
    const metadata = { name, namespace: kubernetes.namespace, labels: ownLabels(options.release) };
    await kubernetes.apply({ ...SECRET, metadata, data }, { fieldManager: FIELD_MANAGER, force: true });
    log.info(`Secret ${name} holds what it held before (${Object.keys(data).join(', ') || 'none of the keys of this run'})`);
  }
}
