import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HomeClusterProvider } from '../../interfaces/home-cluster.ts';
import { DOCKER_VARIABLES, runLoad } from './program.ts';

const PASSES = [...DOCKER_VARIABLES, 'CONTAINERD_*', 'CONTAINER_HOST'];

/**
 * Any nodes that a command reaches: `ctr -n k8s.io images import -`, `k3s ctr images import -`, `nerdctl -n k8s.io load`, `podman load`, behind
 * `ssh` or `docker exec -i`. No context is known to be of this kind.
 */
export const containerd: HomeClusterProvider = {
  kind: 'containerd',
  nameOf: () => undefined,
  check: async (_name, { commands }) => {
    if (commands.length > 0) return;
    throw new ConfigurationError('Input "load" is containerd, but "load-command" is empty', {
      hint: 'set a command for each node that reads an archive from standard input, such as: ssh node1 sudo k3s ctr images import -',
    });
  },
  load: async (_name, archive, context) => {
    for (const command of context.commands) await runLoad(command, PASSES, archive, context, { stdinFile: archive.path });
  },
};
