import type { PersistentVolumeClaimSpec, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { specOf } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, isLongRunning, podTemplateOf } from '../kinds/pods.ts';
import { type Finding, PART_ANNOTATION } from '../model.ts';

const SHARE_IT = `Mark it as shared (annotation ${PART_ANNOTATION}: base, or the input shared): it is then updated in place, not blue-green.`;

/** Pods of two colors run side by side, often on one node: what they cannot both have is refused. */
export function podRefusals(own: readonly KubernetesObject[], base: readonly KubernetesObject[]): Finding[] {
  return own.flatMap((object) => {
    const spec = podTemplateOf(object)?.spec;
    const always = isLongRunning(object);
    return spec === undefined ? [] : [...(always ? hostPorts(object, spec) : []), ...claims(object, spec, base)];
  });
}

function hostPorts(object: KubernetesObject, spec: PodSpec): Finding[] {
  const ports = containersOf(spec)
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.hostPort !== undefined || spec.hostNetwork === true)
    .map((port) => port.hostPort ?? port.containerPort);
  return ports.length === 0
    ? []
    : [
        {
          object: titleOf(object),
          message: `takes the node's ports ${ports.join(', ')}: two colors cannot have them on one node`,
          hint: SHARE_IT,
        },
      ];
}

function claims(object: KubernetesObject, spec: PodSpec, base: readonly KubernetesObject[]): Finding[] {
  return claimsOf(spec).flatMap((name) => {
    const claim = base.find((one) => kindOf(one) === '/PersistentVolumeClaim' && one.metadata.name === name);
    return claim !== undefined && isExclusive(claim) ? [exclusiveClaim(object, name)] : [];
  });
}

export function claimsOf(spec: PodSpec | undefined): string[] {
  return (spec?.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

/** True where the claim's volume is mounted on one node at a time. */
export function isExclusive(claim: KubernetesObject): boolean {
  const modes = specOf<PersistentVolumeClaimSpec>(claim).accessModes ?? [];
  return !modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany');
}

export function exclusiveClaim(object: KubernetesObject, claim: string): Finding {
  return {
    object: titleOf(object),
    message: `mounts the claim ${claim}, which only one node may use at a time: the new color would wait for the old one's volume`,
    hint: SHARE_IT,
  };
}
