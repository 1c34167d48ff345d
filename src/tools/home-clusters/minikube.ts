import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HomeClusterProvider } from '../../interfaces/home-cluster.ts';
import { parseImage } from '../../interfaces/image-reference.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { askJson, type ClusterProgram, DOCKER_VARIABLES, listed, notLoaded, runLoad } from './program.ts';

const PROGRAM: ClusterProgram = {
  kind: 'minikube',
  program: 'minikube',
  install: 'https://minikube.sigs.k8s.io/docs/start/',
  passes: [...DOCKER_VARIABLES, 'MINIKUBE_*'],
};
const FAILED = /failed pushing to: [^\n]*/;

/**
 * minikube copies the archive to every node that runs and gives it to the node's runtime: `docker load`, `ctr images import` or `podman load`
 * (pkg/minikube/cruntime). Where that fails it says so in its own log alone, and ends well (minikube 1.38, pkg/minikube/machine/cache_images.go,
 * DoLoadImages): so the log is read, and the nodes' images are asked for by id. The context's cluster is the profile, marked as minikube's
 * (pkg/minikube/kubeconfig/extension.go).
 */
export const minikube: HomeClusterProvider = {
  kind: 'minikube',
  nameOf: ({ cluster, provider }) => (provider === 'minikube.sigs.k8s.io' || cluster === 'minikube' ? cluster : undefined),
  check: async (name, context) => {
    const answer = await askJson(PROGRAM, ['profile', 'list', '--output', 'json'], context, `minikube start --profile ${name}`);
    const valid = fieldAt(answer, 'valid');
    const profiles = Array.isArray(valid) ? valid.filter(isMap) : [];
    const found = profiles.find((profile) => profile.Name === name);
    const hint = `minikube start --profile ${name}`;
    if (found === undefined) {
      throw new ConfigurationError(`minikube has no profile "${name}": ${listed(profiles.map((profile) => String(profile.Name)))}`, {
        hint,
      });
    }
    if (/stopp|paused|unknown|nonexistent/i.test(String(found.Status))) {
      throw new ConfigurationError(`The minikube cluster "${name}" does not run: its status is ${found.Status}`, { hint });
    }
  },
  load: async (name, archive, context) => {
    const { path, reference, ids } = archive;
    const log = await runLoad(
      ['minikube', 'image', 'load', '--profile', name, '--alsologtostderr', path],
      PROGRAM.passes,
      archive,
      context,
    );
    const failed = FAILED.exec(log)?.[0];
    if (failed !== undefined) throw notLoaded(reference, `minikube says: ${failed}`);
    const images = await askJson(PROGRAM, ['image', 'ls', '--profile', name, '--format', 'json'], context, 'minikube status');
    const tag = parseImage(reference).reference?.tag ?? '';
    if (!(Array.isArray(images) && images.some((image) => hasTag(image, tag) && isOneOf(image, ids)))) {
      throw notLoaded(reference, `minikube lists no image of the tag ${tag} with the id that was built`);
    }
  },
};

const hasTag = (image: unknown, tag: string): boolean => {
  const tags = fieldAt(image, 'repoTags');
  return Array.isArray(tags) && tags.some((one) => String(one).endsWith(`:${tag}`));
};

/** Runtimes leave the algorithm out, or not. */
const isOneOf = (image: unknown, ids: readonly string[]): boolean => {
  const id = String(fieldAt(image, 'id')).replace(/^sha256:/, '');
  return ids.some((one) => one === `sha256:${id}`);
};
