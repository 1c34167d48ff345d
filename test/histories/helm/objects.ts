import type { PartChart } from '../../../src/interfaces/helm.ts';
import type { Kubernetes, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { HOOK_ANNOTATION } from '../../../src/split/read/hooks.ts';
import { helmError } from './records.ts';

const MANAGER = 'helm';
const RELEASE = 'meta.helm.sh/release-name';
const NAMESPACE = 'meta.helm.sh/release-namespace';
/** Helm's order of kinds, of those that there are here. */
const ORDER = ['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service', 'Deployment', 'HorizontalPodAutoscaler', 'Job', 'CronJob'];

/** The objects of a chart in Helm's order; its hooks only where asked for. */
export function objectsIn(templates: PartChart['templates'], hooks = false): KubernetesObject[] {
  const objects = Object.values(templates).map((content) => JSON.parse(content) as KubernetesObject);
  const kept = hooks ? objects : objects.filter((object) => object.metadata.annotations?.[HOOK_ANNOTATION] === undefined);
  const rank = ({ kind }: KubernetesObject) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return kept.sort((one, other) => rank(one) - rank(other));
}

/** As Helm applies it. */
export function ownedBy(object: KubernetesObject, release: string, namespace: string): KubernetesObject {
  const { labels, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...annotations, [RELEASE]: release, [NAMESPACE]: namespace },
    },
  };
}

const keyOf = (object: KubernetesObject): string => `${kindOf(object)}/${object.metadata.name}`;

/** What Helm does with the objects of a release. */
export class Objects {
  readonly #kubernetes: Kubernetes;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  /** Errors: `ProcessError` where an object that is new to the release is there and somebody else's. */
  async requireOwned(target: readonly KubernetesObject[], current: readonly KubernetesObject[], release: string): Promise<void> {
    const known = new Set(current.map(keyOf));
    for (const object of target.filter((one) => !known.has(keyOf(one)))) {
      const live = await this.#kubernetes.get({ ...object, name: object.metadata.name });
      if (live && live.metadata.annotations?.[RELEASE] !== release)
        throw helmError(
          `${object.kind} "${object.metadata.name}" exists and cannot be imported into the current release: invalid ownership metadata`,
        );
    }
  }

  async update(target: readonly KubernetesObject[], current: readonly KubernetesObject[], release: string): Promise<void> {
    for (const object of target) await this.#kubernetes.apply(object, { fieldManager: MANAGER, force: true });
    const wanted = new Set(target.map(keyOf));
    const gone = current.filter((object) => !wanted.has(keyOf(object)));
    const refused = (await Promise.allSettled(gone.map((object) => this.#delete(object, release)))).find(
      ({ status }) => status === 'rejected',
    );
    if (refused?.status === 'rejected') throw refused.reason;
  }

  async remove(objects: readonly KubernetesObject[], release: string): Promise<void> {
    for (const object of objects.toReversed()) await this.#delete(object, release);
  }

  async #delete(object: KubernetesObject, release: string): Promise<void> {
    const ref = { ...object, name: object.metadata.name };
    const live = await this.#kubernetes.get(ref);
    if (!live || live.metadata.annotations?.['helm.sh/resource-policy'] === 'keep') return;
    if (live.metadata.annotations?.[RELEASE] === release) await this.#kubernetes.delete(ref, { propagation: 'Background' });
  }
}
