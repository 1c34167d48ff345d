import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readLogin, readRegistry } from '../build-push/login.ts';
import { type DeployInputs, readDeployInputs } from '../deploy/inputs.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { type PullSecrets, readPullSecrets } from '../shared/pull-secrets.ts';
import { providerContext } from '../shared/registries.ts';
import { readRelease } from '../shared/release-inputs.ts';

export interface DoctorInputs extends PullSecrets {
  /** What the deploy would get; undefined where no chart is named. */
  deploy: DeployInputs | undefined;
  cluster: ClusterInputs;
  release: string;
  registry: string | undefined;
  login: RegistryLogin | undefined;
  githubToken: string;
}

/** The only reader of what the doctor is given: a deploy's inputs and the login of a build. Throws ConfigurationError. */
export function readDoctorInputs(context: ActionContext): DoctorInputs {
  const { inputs } = context;
  const login = readLogin(inputs);
  const registry = inputs.string('registry') === '' ? undefined : readRegistry(inputs);
  const common = { registry, login, githubToken: inputs.secret('github-token') };
  if (inputs.string('chart') !== '') {
    const deploy = readDeployInputs(context);
    const { cluster, release, imagePullSecrets, pullSecrets } = deploy;
    return { ...common, deploy, cluster, release, imagePullSecrets, pullSecrets };
  }
  const release = readRelease(inputs);
  const cluster = readClusterInputs(context, release);
  return {
    ...common,
    deploy: undefined,
    cluster,
    release,
    ...readPullSecrets(inputs, registry === undefined ? [] : [registry], providerContext(context, cluster)),
  };
}
