import type { Secret } from '../../interfaces/objects.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { ownLabels } from '../kube/live.ts';
import { SECRET } from '../kube/names.ts';
import type { DeployOptions } from '../run/options.ts';
import type { Run } from '../run/run.ts';
import { ensurePullSecrets, havePullSecrets } from './pull-secret.ts';

/** What images are pulled with counts by its type alone. */
const FOR_PULLS = '.dockerconfigjson';

interface Secrets extends Pick<Run, 'kubernetes' | 'pullSecrets'> {
  options: Pick<DeployOptions, 'release' | 'secrets'>;
}

/** Applies the input `secrets` and the pull Secrets; only the API server sees the values. */
export async function applySecrets(run: Secrets & Pick<Run, 'log'>): Promise<void> {
  await ensurePullSecrets(run);
  for (const secret of secretObjects(run)) {
    await run.kubernetes.apply(secret, { fieldManager: FIELD_MANAGER, force: true });
    run.log.info(`Secret ${secret.metadata.name} applied (${Object.keys(secret.data).join(', ')})`);
  }
}

export function secretObjects({
  options,
  kubernetes,
}: Pick<Secrets, 'options' | 'kubernetes'>): (Secret & { data: Record<string, string> })[] {
  const names = [...new Set(options.secrets.map((secret) => secret.name))];
  return names.map((name) => ({
    ...SECRET,
    metadata: { name, namespace: kubernetes.namespace, labels: ownLabels(options.release) },
    ...(options.secrets.some((secret) => secret.name === name && secret.key === FOR_PULLS) && { type: 'kubernetes.io/dockerconfigjson' }),
    data: Object.fromEntries(
      options.secrets.filter((secret) => secret.name === name).map(({ key, value }) => [key, Buffer.from(value).toString('base64')]),
    ),
  }));
}

/** Whether the input `secrets` differs from what is in the cluster, or a pull Secret is gone: then even an unchanged version needs new pods. */
export async function secretsChanged(run: Secrets): Promise<boolean> {
  if (!(await havePullSecrets(run))) return true;
  const wanted = secretObjects(run);
  const live = await Promise.all(wanted.map((secret) => run.kubernetes.get({ ...SECRET, name: secret.metadata.name })));
  return wanted.some((secret, index) => Object.entries(secret.data).some(([key, value]) => live[index]?.data?.[key] !== value));
}
