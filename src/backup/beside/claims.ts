import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { PersistentVolumeClaim } from '../../interfaces/objects.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { isOfRelease } from '../cluster/app-ready.ts';

/**
 * Pure: the claims of an app, of what both colors share and of each color: its own, those that its workloads name, and those that a
 * StatefulSet of it has made (`<template>-<set>-<number>`). `workloads`: of the namespace.
 */
export function claimsOf(
  release: string,
  claims: readonly PersistentVolumeClaim[],
  workloads: readonly KubernetesObject[],
): PersistentVolumeClaim[] {
  const own = workloads.filter((object) => isOfRelease(release, object));
  const named = new Set(own.flatMap(namedBy));
  const prefixes = own.flatMap(madeBy);
  const isMade = (name: string) => prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
  return claims.filter(
    (claim) =>
      claim.metadata.deletionTimestamp === undefined &&
      (isOfRelease(release, claim) || named.has(claim.metadata.name) || isMade(claim.metadata.name)),
  );
}

const listAt = (object: unknown, ...path: string[]): Record<string, unknown>[] => {
  const found = fieldAt(object, ...path);
  return Array.isArray(found) ? found.filter(isMap) : [];
};

const namedBy = (workload: KubernetesObject): string[] =>
  listAt(workload, 'spec', 'template', 'spec', 'volumes').flatMap((volume) => {
    const name = fieldAt(volume, 'persistentVolumeClaim', 'claimName');
    return typeof name === 'string' ? [name] : [];
  });

const madeBy = (workload: KubernetesObject): string[] =>
  listAt(workload, 'spec', 'volumeClaimTemplates').map((template) => `${fieldAt(template, 'metadata', 'name')}-${workload.metadata.name}-`);
