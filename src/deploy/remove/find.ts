import { HttpError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Secret, Service } from '../../interfaces/objects.ts';
import { APP_LABEL, COLOR_LABEL, COLORS } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { isOurs } from '../adoption/read.ts';
import { REGISTRY_LABEL } from '../base/pull-secret.ts';
import { servicesOn } from '../kube/live.ts';
import { colorRelease, journalName, LEASE, leaseName, PERSISTENT_VOLUME_CLAIM, SECRET, SERVICE } from '../kube/names.ts';
import { newestRevisions } from '../preflight/own-releases.ts';
import type { Tools } from './options.ts';

export interface Recorded {
  release: string;
  part: PartChart;
  values: Record<string, unknown>;
  /** Hooks among them. */
  objects: KubernetesObject[];
}

/** What there is of an app in its namespace. */
export interface Found {
  base: Recorded | undefined;
  colors: Recorded[];
  /** Objects of the releases as they live, by `objectKey`. */
  live: ReadonlyMap<string, KubernetesObject>;
  colorServices: Service[];
  /** Services of others that select the app's pods. */
  outside: string[];
  /** All of the namespace, as far as the account may read them. */
  claims: KubernetesObject[];
  /** Those of the input `secrets`. */
  secrets: Secret[];
  /** Names; whichever app asked for them. */
  pullSecrets: string[];
  journal: Secret | undefined;
  lease: KubernetesObject | undefined;
}

export const objectKey = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  `${apiVersion} ${kind} ${metadata.namespace ?? ''} ${metadata.name}`;

/** Reads it; undefined where nothing is marked as this app's. */
export async function findApp(tools: Tools): Promise<Found | undefined> {
  const { kubernetes, options } = tools;
  const { release } = options;
  const own = `${APP_LABEL}=${release}`;
  const [recorded, { items: services }, leading, claims, { items: secrets }, pullSecrets, journal, lease] = await Promise.all([
    readReleases(tools),
    kubernetes.list(SERVICE),
    Promise.all(COLORS.map((color) => servicesOn(kubernetes, release, color))),
    listed(tools, PERSISTENT_VOLUME_CLAIM),
    kubernetes.list(SECRET, { labelSelector: own }),
    kubernetes.list(SECRET, { labelSelector: REGISTRY_LABEL, metadataOnly: true }),
    kubernetes.get({ ...SECRET, name: journalName(release) }),
    kubernetes.get({ ...LEASE, name: leaseName(release) }),
  ]);
  const base = recorded.find((one) => one.release === release);
  const colors = recorded.filter((one) => one !== base);
  const colorServices = services.filter(({ metadata: { labels } }) => labels?.[APP_LABEL] === release && labels[COLOR_LABEL] !== undefined);
  if (!base && colors.length === 0 && colorServices.length === 0 && !journal && !lease) return undefined;
  const objects = recorded.flatMap((one) => one.objects);
  return {
    base,
    colors,
    live: await liveOf(tools, objects),
    colorServices,
    outside: leading.flat().filter((name) => !objects.some((object) => object.kind === SERVICE.kind && object.metadata.name === name)),
    claims,
    secrets: secrets.filter(({ metadata: { name, labels } }) => name !== journalName(release) && labels?.[COLOR_LABEL] === undefined),
    pullSecrets: pullSecrets.items.map(({ metadata }) => metadata.name),
    journal,
    lease,
  };
}

/** The newest record of each release, whatever became of that revision. */
async function readReleases(tools: Tools): Promise<Recorded[]> {
  const { release } = tools.options;
  const names = [release, ...COLORS.map((color) => colorRelease(release, color))];
  const newest = await newestRevisions(tools, names);
  const found = await Promise.all(
    [...newest].map(async ([name, revision]) => {
      const recorded = await tools.helm.recordedPart(name, revision);
      // What plain Helm runs is its own; who may use these names at all was asked before.
      if (!recorded || !isOurs(recorded.part)) return [];
      return [{ release: name, ...recorded, objects: unpack(recorded.part).map(({ object }) => object) }];
    }),
  );
  return found.flat();
}

async function liveOf({ kubernetes }: Tools, objects: readonly KubernetesObject[]): Promise<Map<string, KubernetesObject>> {
  const live = await Promise.all(
    objects.map(async (object) => {
      const { apiVersion, kind, metadata } = object;
      const found = await ifThere(kubernetes.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace }));
      return found ? [[objectKey(object), found] as const] : [];
    }),
  );
  return new Map(live.flat());
}

const listed = async ({ kubernetes }: Tools, kind: KindRef): Promise<KubernetesObject[]> =>
  (await ifThere(kubernetes.list(kind)))?.items ?? [];

/** Nothing, where the account may not read it or the cluster no longer knows the kind. */
async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof HttpError && [403, 404].includes(error.status)) return undefined;
    throw error;
  }
}
