import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { kindOf } from '../../split/kinds/objects.ts';
import { valueAt } from '../../split/kinds/paths.ts';
import { waveRuleOf } from '../../split/kinds/waves.ts';
import { APP_LABEL, FIELD_MANAGER } from '../../split/model.ts';
import { isHook } from '../../split/read/hooks.ts';
import { keeps } from '../adoption/marks.ts';
import { describe, PERSISTENT_VOLUME_CLAIM } from '../kube/names.ts';
import { isOf, strangerText } from '../preflight/own-objects.ts';
import { type Found, objectKey, type Recorded } from './find.ts';
import type { RemoveOptions } from './options.ts';

/** What is removed, step by step, and what is not. */
export interface Removal {
  /** Users are told at the door, not by a Service without pods. */
  frontDoors: KubernetesObject[];
  /** Objects of the base that stay although their release goes, as it recorded them. */
  kept: KubernetesObject[];
  /** What hooks left: their release does not own it. */
  hooks: KubernetesObject[];
  /** Claims that StatefulSets made. */
  claims: KubernetesObject[];
  secrets: Secret[];
  /** In the releases' records, and somebody else's by now, a line each: nothing is removed then. */
  strangers: string[];
  /** Lines for people. */
  lines: { removed: string[]; kept: string[] };
}

const isFrontDoor = (object: KubernetesObject): boolean => waveRuleOf(object) === 'door';
const isClaim = (object: KubernetesObject): boolean => isA(object, PERSISTENT_VOLUME_CLAIM);
/** Removing one removes what others made of it, or in it. */
const OTHERS: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': 'others may have objects of this kind',
  '/Namespace': 'others may have objects in it',
};

/** Pure: what goes and what stays. */
export function planRemoval(found: Found, options: RemoveOptions, namespace: string): Removal {
  const live = (object: KubernetesObject) => found.live.get(objectKey(object));
  const releases = [...found.colors, ...(found.base ? [found.base] : [])];
  const lasting = (found.base?.objects ?? []).filter((object) => !isHook(object));
  const kept = lasting.filter((object) => live(object) && (kindOf(object) in OTHERS || (isClaim(object) && !options.claims)));
  const ofSets = claimsOfSets(lasting, found.claims);
  const hooks = releases
    .flatMap(({ objects }) => objects.filter(isHook).flatMap((object) => live(object) ?? []))
    .filter((one) => isLeft(one, options));
  const frontDoors = lasting.filter(isFrontDoor).flatMap((object) => live(object) ?? []);
  const secrets = options.secrets ? found.secrets.filter(isOurs) : [];
  const claims = options.claims ? ofSets : [];
  const strangers = releases.flatMap(({ release, objects }) =>
    objects
      .filter((object) => !isHook(object))
      .flatMap((object) => live(object) ?? [])
      .filter((object) => !isOf(object, release, namespace))
      .map(strangerText),
  );
  const gone = (objects: readonly KubernetesObject[], why = '') => objects.map((object) => `${describe(object)}${why}`);
  const removed = [
    ...gone(frontDoors, ', the front door'),
    ...found.colors.map((one) => releaseText(one, live, [])),
    ...(found.base ? [releaseText(found.base, live, kept)] : []),
    ...gone(hooks, ', left by a hook'),
    ...gone(claims, ', made by a StatefulSet, and what it holds'),
    ...gone(found.colorServices, ', of a color'),
    ...gone(secrets, ', of the input "secrets"'),
    ...(found.journal ? [`${describe(found.journal)}, the journal: what served before is forgotten`] : []),
    ...(found.lease ? [`${describe(found.lease)}, the lease`] : []),
  ];
  const stays = [
    ...kept.map((object) => `${describe(object)}: ${OTHERS[kindOf(object)] ?? CLAIM}`),
    ...(options.claims ? [] : ofSets.map((object) => `${describe(object)}: ${CLAIM}`)),
    ...lasting.filter((object) => keeps(object) && live(object)).map((object) => `${describe(object)}: its chart keeps it`),
    ...found.secrets
      .filter((secret) => !secrets.includes(secret))
      .map(
        (secret) =>
          `${describe(secret)}: ${isOurs(secret) ? 'of the input "secrets" ("delete-secrets" removes it)' : 'others write to it, too'}`,
      ),
    ...found.pullSecrets.map((name) => `Secret/${name}: other apps may pull images with it`),
    `Namespace/${namespace}, and CustomResourceDefinitions that came with the chart`,
  ];
  return { frontDoors, kept, hooks, claims, secrets, strangers, lines: { removed, kept: stays } };
}

const CLAIM = 'it holds data ("delete-claims" removes it)';

/** What Helm deletes with a release. */
function releaseText(
  { release, objects }: Recorded,
  live: (object: KubernetesObject) => unknown,
  kept: readonly KubernetesObject[],
): string {
  const goes = objects.filter((object) => !isHook(object) && live(object) && !keeps(object) && !kept.includes(object));
  return `the Helm release ${release}${goes.length > 0 ? `: ${goes.map(describe).join(', ')}` : ''}`;
}

/** `<template>-<set>-<number>` */
function claimsOfSets(objects: readonly KubernetesObject[], claims: readonly KubernetesObject[]): KubernetesObject[] {
  const prefixes = objects.flatMap((set) =>
    ((valueAt(set, 'spec.volumeClaimTemplates') ?? []) as KubernetesObject[]).map(
      ({ metadata }) => `${metadata.name}-${set.metadata.name}-`,
    ),
  );
  const isOne = (name: string, prefix: string) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
  return claims.filter(({ metadata }) => prefixes.some((prefix) => isOne(metadata.name, prefix)));
}

/** Helm marks hooks as nobody's: it made what is ours by its label, or by its writer. */
const isLeft = ({ metadata: { labels, managedFields } }: KubernetesObject, { release }: RemoveOptions): boolean =>
  labels?.[APP_LABEL] === release || (managedFields ?? []).some(({ manager }) => manager === 'helm');

/** Nobody else has written a value of it: what this product gives is applied. */
const isOurs = ({ metadata }: Secret): boolean =>
  (metadata.managedFields ?? []).every(
    ({ manager, operation, fieldsV1 }) => (manager === FIELD_MANAGER && operation === 'Apply') || !('f:data' in (fieldsV1 ?? {})),
  );
