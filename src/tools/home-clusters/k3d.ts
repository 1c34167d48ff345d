import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HomeClusterProvider } from '../../interfaces/home-cluster.ts';
import { isMap } from '../../interfaces/values.ts';
import { askJson, type ClusterProgram, DOCKER_VARIABLES, listed, notLoaded, runLoad } from './program.ts';

const PROGRAM: ClusterProgram = {
  kind: 'k3d',
  program: 'k3d',
  install: 'https://k3d.io/stable/#installation',
  passes: [...DOCKER_VARIABLES, 'DOCKER_SOCK', 'K3D_*'],
};
const FAILED = /failed to (?:import images|copy image tar)[^\n]*/;

/**
 * k3d copies the archive to a node of its own and runs `ctr image import --all-platforms` in every server and agent. It only logs where one of
 * them fails, and ends well all the same (k3d 5.9, pkg/client/tools.go, importWithToolsNode): so its lines are read. Its other mode, which would
 * fail, was given up as the default because it often did (its changelog). Contexts and their clusters are `k3d-<name>` (pkg/client/kubeconfig.go).
 */
export const k3d: HomeClusterProvider = {
  kind: 'k3d',
  nameOf: ({ cluster }) => /^k3d-(.+)$/.exec(cluster)?.[1],
  check: async (name, context) => {
    const answer = await askJson(PROGRAM, ['cluster', 'list', '--output', 'json'], context, 'start docker');
    const clusters = Array.isArray(answer) ? answer.filter(isMap) : [];
    const found = clusters.find((cluster) => cluster.name === name);
    if (found === undefined) {
      const names = clusters.map((cluster) => String(cluster.name));
      throw new ConfigurationError(`k3d has no cluster "${name}": ${listed(names)}`, { hint: `k3d cluster create ${name}` });
    }
    if (found.serversRunning !== 0) return;
    throw new ConfigurationError(`The k3d cluster "${name}" is stopped`, { hint: `k3d cluster start ${name}` });
  },
  load: async (name, archive, context) => {
    const text = await runLoad(['k3d', 'image', 'import', '--cluster', name, archive.path], PROGRAM.passes, archive, context);
    const failed = FAILED.exec(text)?.[0];
    if (failed !== undefined) throw notLoaded(archive.reference, `k3d says: ${failed}`);
  },
};
