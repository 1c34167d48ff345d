import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HomeClusterProvider } from '../../interfaces/home-cluster.ts';
import { ask, type ClusterProgram, DOCKER_VARIABLES, notLoaded, runLoad } from './program.ts';

const PROGRAM: ClusterProgram = {
  kind: 'docker-desktop',
  program: 'docker',
  install: 'https://docs.docker.com/desktop/',
  passes: DOCKER_VARIABLES,
};
const OWN = 'docker-desktop';

/**
 * The cluster takes its images from Docker Desktop's own store: the same daemon with the provisioner `kubeadm`; with `kind` by a mirror of the
 * containerd image store, which that one needs (docs.docker.com, "Explore the Kubernetes view"). `docker load` takes docker's own archives, and OCI
 * layouts where the daemon keeps its images in containerd.
 */
export const dockerDesktop: HomeClusterProvider = {
  kind: 'docker-desktop',
  nameOf: ({ cluster }) => (cluster === OWN ? OWN : undefined),
  check: async (_name, context) => {
    const system = (await ask(PROGRAM, ['info', '--format', '{{.OperatingSystem}}'], context, 'start Docker Desktop')).trim();
    if (system === 'Docker Desktop') return;
    throw new ConfigurationError(`Input "load" is ${OWN}, but docker reaches another daemon: ${system}`, {
      hint: 'docker context use desktop-linux',
    });
  },
  load: async (_name, archive, context) => {
    const { path, reference, ids } = archive;
    await runLoad(['docker', 'load', '--input', path], PROGRAM.passes, archive, context);
    const id = (await ask(PROGRAM, ['image', 'inspect', '--format', '{{.Id}}', reference], context, 'docker image ls')).trim();
    if (!ids.includes(id)) throw notLoaded(reference, `docker calls it ${id}, and ${ids[0]} was built`);
  },
};
