import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { readManifests } from '../../split/index.ts';
import type { SplitResult } from '../../split/model.ts';
import { refOf } from '../kube/kinds.ts';
import { POD, REPLICA_SET, SERVICE } from '../kube/names.ts';
import type { Run } from '../run/run.ts';
import { isClaim } from './claim.ts';
import type { Live, PlainRelease } from './plan.ts';
import { oldObjects } from './plan.ts';

type Deps = Pick<Run, 'kubernetes' | 'helm'> & { readonly options: { readonly release: string } };

/** The release as plain Helm left it; undefined where there is none, or where its newest revision is ours. */
export async function readPlainRelease({ helm, options }: Deps): Promise<PlainRelease | undefined> {
  const newest = (await helm.history(options.release)).at(-1);
  if (!newest || newest.status === 'uninstalled') return undefined;
  const { revision, status, chart } = newest;
  const recorded = await helm.recordedPart(options.release, revision);
  if (recorded && isOurs(recorded.part)) return undefined;
  return { revision, status, chart, objects: await objectsOf({ helm, options }, revision) };
}

/** What a revision of the app's release holds, hooks aside. */
export async function objectsOf({ helm, options }: Pick<Deps, 'helm' | 'options'>, revision: number): Promise<KubernetesObject[]> {
  const manifest = (await helm.manifest(options.release, revision)) ?? '';
  return readManifests(manifest).manifests.map(({ object }) => object);
}

/** Pure: parts are written as JSON, which no chart of a person is throughout; so is the record of what kubectl made. */
export function isOurs(part: PartChart): boolean {
  const files = Object.keys(part.templates);
  return files.length > 0 && files.every((file) => file.endsWith('.json')) && !isClaim(part);
}

/** What lives of a plain app. */
export async function readLive({ kubernetes }: Pick<Deps, 'kubernetes'>, plain: PlainRelease, split: SplitResult): Promise<Live> {
  const [services, pods, sets, old] = await Promise.all([
    kubernetes.list(SERVICE),
    kubernetes.list(POD),
    kubernetes.list(REPLICA_SET),
    Promise.all(oldObjects(plain, split, kubernetes.namespace).map((object) => kubernetes.get(refOf(object)))),
  ]);
  return {
    services: services.items,
    pods: pods.items,
    replicaSets: sets.items,
    old: old.filter((object) => object !== undefined),
  };
}
