import { hostOf, isContentTag, parseImage, repositoryOf } from '../../interfaces/image-reference.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { titleOf } from '../kinds/objects.ts';
import { containersOf, podTemplateOf } from '../kinds/pods.ts';
import type { BuiltImage, Finding } from '../model.ts';

function pinned(image: BuiltImage): string {
  return image.digest === undefined ? `${image.repository}:${image.tag ?? 'latest'}` : `${image.repository}@${image.digest}`;
}

/** Puts the built images into the object's containers and image volumes, in place. Returns the repositories that it found. */
export function pinImages(object: KubernetesObject, built: readonly BuiltImage[]): Set<string> {
  const byRepository = new Map(built.map((image) => [repositoryOf(image.repository), image]));
  const found = new Set<string>();
  const pin = (image: string): string => {
    const repository = repositoryOf(image);
    const match = byRepository.get(repository);
    if (match === undefined) {
      return image;
    }
    found.add(repository);
    return pinned(match);
  };
  const spec = podTemplateOf(object)?.spec;
  for (const container of containersOf(spec)) {
    if (container.image !== undefined) {
      container.image = pin(container.image);
    }
  }
  for (const volume of (spec?.volumes ?? []) as { image?: { reference?: string } }[]) {
    if (volume.image?.reference !== undefined) {
      volume.image.reference = pin(volume.image.reference);
    }
  }
  return found;
}

/**
 * An image that was loaded into the nodes is in no registry, and its tag never means another content: what a chart says of pulling it always would
 * fail, and is of no use. So it is changed, in place, and said, since the same chart may be right where images are pushed.
 */
export function pullFromNodes(object: KubernetesObject): Finding[] {
  const isLoaded = (image: string | undefined): boolean => isContentTag(parseImage(image ?? '').reference?.tag);
  const spec = podTemplateOf(object)?.spec;
  const changed: string[] = [];
  for (const container of containersOf(spec)) {
    if (container.imagePullPolicy !== 'Always' || !isLoaded(container.image)) continue;
    container.imagePullPolicy = 'IfNotPresent';
    changed.push(`the container ${container.name}`);
  }
  for (const volume of (spec?.volumes ?? []) as { name: string; image?: { reference?: string; pullPolicy?: string } }[]) {
    if (volume.image?.pullPolicy !== 'Always' || !isLoaded(volume.image.reference)) continue;
    volume.image.pullPolicy = 'IfNotPresent';
    changed.push(`the volume ${volume.name}`);
  }
  return changed.map((what) => ({
    object: titleOf(object),
    message: `${what} always pulls its image, and this one is on the nodes alone: it is deployed with IfNotPresent`,
  }));
}

export function usesImageOf(object: KubernetesObject, registries: ReadonlySet<string>): boolean {
  return containersOf(podTemplateOf(object)?.spec).some((container) => registries.has(hostOf(container.image ?? '')));
}

export function imagesOf(object: KubernetesObject): { workload: string; container: string; image: string }[] {
  return containersOf(podTemplateOf(object)?.spec).map((container) => ({
    workload: titleOf(object),
    container: container.name,
    image: container.image ?? '',
  }));
}

/** An image that nothing runs is a mistake in a name: say what the containers use. */
export function unusedImages(built: readonly BuiltImage[], found: ReadonlySet<string>, objects: readonly KubernetesObject[]): Finding[] {
  const used = [...new Set(objects.flatMap(imagesOf).map((one) => repositoryOf(one.image)))].sort();
  return built
    .filter((image) => !found.has(repositoryOf(image.repository)))
    .map((image) => ({
      object: '',
      message: `The image ${image.repository} was built, but no container of the chart uses it`,
      hint: `The chart's containers use: ${used.join(', ') || 'no image at all'}. Set the chart's image repository to ${image.repository} in its values.`,
    }));
}

/** An image that is in the nodes' own store only (kind, minikube) cannot be pulled. */
export function alwaysPulled(built: readonly BuiltImage[], objects: readonly KubernetesObject[]): Finding[] {
  const local = new Set(built.filter((image) => image.digest === undefined).map((image) => repositoryOf(image.repository)));
  return objects.flatMap((object) =>
    containersOf(podTemplateOf(object)?.spec)
      .filter((container) => container.imagePullPolicy === 'Always' && local.has(repositoryOf(container.image ?? '')))
      .map((container) => ({
        object: titleOf(object),
        message: `the container ${container.name} always pulls its image, but ${container.image} is in no registry`,
        hint: 'Set imagePullPolicy: IfNotPresent.',
      })),
  );
}
