import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HomeClusterProvider } from '../../interfaces/home-cluster.ts';
import { ask, type ClusterProgram, DOCKER_VARIABLES, listed, runLoad } from './program.ts';

const PROGRAM: ClusterProgram = {
  kind: 'kind',
  program: 'kind',
  install: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  passes: [...DOCKER_VARIABLES, 'KIND_EXPERIMENTAL_PROVIDER', 'CONTAINER_HOST'],
};

/**
 * kind feeds the archive to `ctr --namespace=k8s.io images import --all-platforms --digests` in every node, which takes an OCI layout, and fails
 * where one of them fails (kind 0.33, pkg/cluster/nodeutils/util.go and pkg/cmd/kind/load/image-archive). It names its contexts and their clusters
 * `kind-<name>` (pkg/cluster/internal/kubeconfig).
 */
export const kind: HomeClusterProvider = {
  kind: 'kind',
  nameOf: ({ cluster }) => /^kind-(.+)$/.exec(cluster)?.[1],
  check: async (name, context) => {
    const text = await ask(PROGRAM, ['get', 'clusters'], context, 'start docker (or what KIND_EXPERIMENTAL_PROVIDER names)');
    const names = text.split(/\s+/).filter((word) => word !== '');
    if (names.includes(name)) return;
    throw new ConfigurationError(`kind has no cluster "${name}": ${listed(names)}`, { hint: `kind create cluster --name ${name}` });
  },
  load: async (name, archive, context) => {
    await runLoad(['kind', 'load', 'image-archive', '--name', name, archive.path], PROGRAM.passes, archive, context);
  },
};
