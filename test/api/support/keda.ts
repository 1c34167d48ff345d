import { SERVICE, selectedColor } from '../../../src/deploy/kube/names.ts';
import { scale } from '../../../src/deploy/kube/scale.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, Kubernetes, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import { DEPLOYMENT } from './controllers.ts';

interface ScaledObject {
  apiVersion: string;
  kind: 'ScaledObject';
  metadata: ObjectMeta;
  spec?: { scaleTargetRef: { name: string }; minReplicaCount?: number; idleReplicaCount?: number };
  [field: string]: unknown;
}
const SCALED_OBJECT: KindRef<ScaledObject> = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' };
const PAUSED = 'autoscaling.keda.sh/paused-replicas';
/** KEDA looks at every change, and looks again by the clock. */
const PERIOD_MS = 100;

/** What KEDA does where no trigger asks for more: the idle count, else the minimum, which is zero where it is left out; or what it is paused at. */
export class Keda {
  readonly #kubernetes: Kubernetes;
  readonly #stop = new AbortController();
  #working: Promise<void> | undefined;
  /** Where users are is its trigger: it asks for what there is. */
  followsUsers = false;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  /** Once the API serves the kind. */
  async start(): Promise<void> {
    while ((await this.#kubernetes.resource(SCALED_OBJECT)) === undefined) await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  get = (name: string): Promise<ScaledObject | undefined> => this.#kubernetes.get({ ...SCALED_OBJECT, name });

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const object of (await this.#kubernetes.list(SCALED_OBJECT)).items) await this.#sync(object);
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
    }
  }

  async #busy(workload: string): Promise<boolean> {
    const service = await this.#kubernetes.get({ ...SERVICE, name: 'small-web' });
    const color = selectedColor(service?.spec?.selector);
    return this.followsUsers && color !== undefined && workload.endsWith(`-${color}`);
  }

  async #sync({ metadata, spec }: ScaledObject): Promise<void> {
    const name = spec?.scaleTargetRef.name ?? '';
    const paused = metadata.annotations?.[PAUSED];
    const wanted = paused === undefined ? (spec?.idleReplicaCount ?? spec?.minReplicaCount ?? 0) : Number(paused);
    const target = await this.#kubernetes.get({ ...DEPLOYMENT, name });
    if (!target || (target.spec?.replicas ?? 1) === wanted || (paused === undefined && (await this.#busy(name)))) return;
    await scale(this.#kubernetes, { ...DEPLOYMENT, name }, wanted).catch((error: unknown) => {
      if (!(error instanceof HttpError && error.status === 404)) throw error;
    });
  }
}
