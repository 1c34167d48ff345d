import type { App } from '../../../backup/model.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { NAME } from '../cluster-access.ts';
import { readRelease } from '../release-inputs.ts';

/** Whose backups they are. Throws ConfigurationError. */
export function readApp({ inputs }: Pick<ActionContext, 'inputs'>): App {
  const release = readRelease(inputs);
  return {
    release,
    namespace: inputs.string('namespace', { default: release, pattern: NAME, describe: 'a Kubernetes name such as todo' }),
  };
}
