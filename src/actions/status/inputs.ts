import type { ActionContext } from '../../runtime/action.ts';
import { RELEASE } from '../deploy/inputs.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';

export interface StatusInputs {
  cluster: ClusterInputs;
  release: string;
  failOnDrift: boolean;
  failOnUnhealthy: boolean;
}

/** The only reader of the action's inputs. Throws ConfigurationError. */
export function readStatusInputs(context: ActionContext): StatusInputs {
  const { inputs } = context;
  const release = inputs.required('release', {
    pattern: RELEASE,
    describe: 'a Helm release name such as todo: at most 47 lower-case letters, digits and "-"',
  });
  return {
    cluster: readClusterInputs(context, release),
    release,
    failOnDrift: inputs.boolean('fail-on-drift', false),
    failOnUnhealthy: inputs.boolean('fail-on-unhealthy', false),
  };
}
