import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { HelmCli } from '../../tools/helm/cli.ts';
import { findHelm } from '../../tools/helm/find.ts';
import { KubernetesClient } from '../../tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../tools/process.ts';

/** The inputs that lead to a cluster: the same in every action. */
export interface ClusterInputs {
  /** Content, base64 or path; empty: KUBECONFIG, then ~/.kube/config. */
  kubeconfig: string;
  context: string | undefined;
  /** User to act as: `system:serviceaccount:<namespace>:<name>`. */
  as: string | undefined;
  namespace: string;
}

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads them. `namespace` is the fallback where none is named, usually the release. Throws ConfigurationError. */
export function readClusterInputs({ inputs }: Pick<ActionContext, 'inputs'>, namespace: string): ClusterInputs {
  // A token is masked even where it is of no use yet.
  inputs.secret('digitalocean-token');
  const cluster = inputs.string('cluster');
  if (cluster !== '') {
    throw new ConfigurationError(`Input "cluster" is "${cluster}": access to DigitalOcean clusters by name is not supported yet`, {
      hint: 'Give a kubeconfig instead, e.g. of: doctl kubernetes cluster kubeconfig show <cluster>',
    });
  }
  const account = inputs.string('service-account', {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    describe: 'namespace/name',
  });
  return {
    kubeconfig: inputs.string('kubeconfig', { pattern: /^[^-]/, describe: 'a kubeconfig, its base64, or a path' }),
    context: inputs.optional('context'),
    as: account === '' ? undefined : `system:serviceaccount:${account.replace('/', ':')}`,
    namespace: inputs.string('namespace', { default: namespace, pattern: NAME, describe: 'a Kubernetes name such as todo' }),
  };
}

export interface ClusterTools {
  kubernetes: KubernetesClient;
  runner: NodeProcessRunner;
  /** Finds Helm (else fetches it) at the first call. */
  helm(): Promise<Helm>;
  /** Closes idle connections. */
  close(): Promise<void>;
}

/** The cluster's client, and Helm on the same cluster and as the same user. */
export function connectCluster(context: ActionContext, wanted: ClusterInputs): ClusterTools {
  const { processes, secrets, temp, variables, mask, log } = context;
  const runner = new NodeProcessRunner({ onStart: processes.started, onEnd: processes.ended, redact: secrets.redact });
  const access = loadKubeconfig({
    input: wanted.kubeconfig || undefined,
    context: wanted.context,
    env: variables,
    mask,
  });
  const kubernetes = new KubernetesClient(access, { namespace: wanted.namespace, as: wanted.as, runner, mask });
  return {
    kubernetes,
    runner,
    async helm() {
      return new HelmCli({
        runner,
        helmPath: await findHelm({ runner, log, env: variables }),
        kubernetes,
        files: temp,
        kubeconfig: access.kubeconfigFile(temp),
        context: access.context,
        namespace: wanted.namespace,
        as: wanted.as,
      });
    },
    close: () => kubernetes.close(),
  };
}
