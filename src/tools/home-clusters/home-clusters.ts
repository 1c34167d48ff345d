import { ConfigurationError } from '../../interfaces/errors.ts';
import {
  HOME_CLUSTERS,
  type HomeClusterContext,
  type HomeClusterKind,
  type HomeClusterProvider,
  type ImageArchive,
  type KubeContext,
} from '../../interfaces/home-cluster.ts';
import { containerd } from './containerd.ts';
import { dockerDesktop } from './docker-desktop.ts';
import { k3d } from './k3d.ts';
import { kind } from './kind.ts';
import { minikube } from './minikube.ts';

/** A new kind of home cluster is a file and an entry here. */
const PROVIDERS: readonly HomeClusterProvider[] = [kind, minikube, k3d, dockerDesktop, containerd];

/** What is wanted: `auto` goes by the context, and so does a kind without a name. */
export interface WantedCluster {
  kind: HomeClusterKind | 'auto';
  name: string | undefined;
  /** Whether the context must lead there, since this run deploys to it. */
  isDeployed: boolean;
}

/** One home cluster, with its provider. */
export interface HomeCluster {
  /** For people: `kind/dev`. */
  title: string;
  check(): Promise<void>;
  load(archive: ImageArchive): Promise<void>;
}

/**
 * `current` gives the context of the cluster that is deployed to, and is called only where that decides. Throws ConfigurationError where it is of
 * another cluster.
 */
export function homeCluster(wanted: WantedCluster, current: () => KubeContext, context: HomeClusterContext): HomeCluster {
  const { provider, name } = find(wanted, current);
  return {
    title: name === provider.kind || name === '' ? provider.kind : `${provider.kind}/${name}`,
    check: () => provider.check(name, context),
    load: (archive) => provider.load(name, archive, context),
  };
}

function find(
  { kind: wanted, name, isDeployed }: WantedCluster,
  current: () => KubeContext,
): { provider: HomeClusterProvider; name: string } {
  const chosen = PROVIDERS.find(({ kind }) => kind === wanted);
  if (chosen === containerd) return { provider: chosen, name: '' };
  if (chosen !== undefined && name !== undefined && !isDeployed) return { provider: chosen, name };
  const here = current();
  if (chosen !== undefined && name !== undefined) {
    if (chosen.nameOf(here) === name) return { provider: chosen, name };
    throw new ConfigurationError(`Input "load" is ${wanted}/${name}, but the context "${here.context}" leads to another cluster`, {
      hint: 'the images must be where the app is deployed: leave the name out, or set the input "context"',
    });
  }
  for (const provider of chosen === undefined ? PROVIDERS : [chosen]) {
    const own = provider.nameOf(here);
    if (own !== undefined) return { provider, name: own };
  }
  const what =
    chosen === undefined ? `of no home cluster (${HOME_CLUSTERS.filter((one) => one !== containerd.kind).join(', ')})` : `not of ${wanted}`;
  throw new ConfigurationError(`Input "load" is ${wanted}, but the context "${here.context}" is ${what}`, {
    hint: `kubectl config use-context NAME, or say which cluster: load: ${chosen?.kind ?? 'kind'}/NAME`,
  });
}
