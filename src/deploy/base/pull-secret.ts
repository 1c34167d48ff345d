import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import type { PullSecret } from '../../interfaces/registry-provider.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { SECRET } from '../kube/names.ts';
import type { Run } from '../run/run.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = '.dockerconfigjson';
/** On each pull Secret of ours. */
export const REGISTRY_LABEL = 'todo-deploy.dev/registry';

/** Creates missing pull Secrets; those that exist stay as they are, whoever created them. */
export async function ensurePullSecrets({
  kubernetes,
  pullSecrets = [],
  log,
}: Pick<Run, 'kubernetes' | 'pullSecrets' | 'log'>): Promise<void> {
  for (const wanted of pullSecrets) {
    if (await isPresent({ kubernetes }, wanted)) continue;
    await kubernetes.apply(pullSecret(wanted, kubernetes.namespace, await wanted.credentials()), {
      fieldManager: FIELD_MANAGER,
      force: true,
    });
    log.info(`Pull Secret ${wanted.name} created: can read ${wanted.host}/${wanted.registry}, never expires`);
  }
}

/** Asks for the credentials of what is missing, before anything is touched, so that a missing permission is reported now. */
export async function requirePullSecrets({ kubernetes, pullSecrets = [] }: Pick<Run, 'kubernetes' | 'pullSecrets'>): Promise<void> {
  for (const wanted of pullSecrets) if (!(await isPresent({ kubernetes }, wanted))) await wanted.credentials();
}

/** Whether all pull Secrets exist; without one, new pods could not start. */
export async function havePullSecrets({ kubernetes, pullSecrets = [] }: Pick<Run, 'kubernetes' | 'pullSecrets'>): Promise<boolean> {
  return (await Promise.all(pullSecrets.map((wanted) => isPresent({ kubernetes }, wanted)))).every(Boolean);
}

async function isPresent({ kubernetes }: Pick<Run, 'kubernetes'>, { name, host }: PullSecret): Promise<boolean> {
  const live = await kubernetes.get({ ...SECRET, name });
  if (live === undefined) return false;
  if (live.type !== TYPE) {
    throw new ConfigurationError(
      `The Secret ${name} in namespace ${kubernetes.namespace} is of type ${live.type}, but this name is reserved for the pull Secret`,
      {
        hint: `remove it (kubectl --namespace ${kubernetes.namespace} delete secret ${name}), or name your own pull Secret with the input "image-pull-secrets"`,
      },
    );
  }
  return holds(live, host);
}

function holds(secret: Secret, host: string): boolean {
  const config = tryJsonObject<{ auths: unknown }>(Buffer.from(secret.data?.[KEY] ?? '', 'base64').toString('utf8'));
  return fieldAt(config?.auths, host) !== undefined;
}

/** Pure: the Secret. */
export function pullSecret(
  { name, host, registry }: PullSecret,
  namespace: string,
  { username, password }: { username: string; password: string },
): Secret {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return {
    ...SECRET,
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'todo-deploy', [REGISTRY_LABEL]: registry } },
    type: TYPE,
    data: { [KEY]: Buffer.from(JSON.stringify({ auths: { [host]: { username, password, auth } } })).toString('base64') },
  };
}
