import { SNAPSHOT_CONTENT, VOLUME_SNAPSHOT, type VolumeSnapshot } from '../../../src/backup/beside/marks.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { Kubernetes } from '../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../src/interfaces/values.ts';

/** What becomes of a snapshot: ready, an error, or nothing at all. */
export type Fate = 'ready' | { error: string } | 'nothing';

/** The snapshot controller and a driver, played with the API alone: it writes the status of each VolumeSnapshot of a namespace once. */
export class SnapshotController {
  /** By claim. */
  fate: (claim: string) => Fate = () => 'ready';
  readonly #kubernetes: Kubernetes;
  readonly #stop = new AbortController();
  #working: Promise<void> | undefined;

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  start(): void {
    this.#working = this.#follow();
    this.#working.catch(() => this.#stop.abort());
  }

  /** Errors: of whatever it could not do. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #follow(): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(VOLUME_SNAPSHOT, { signal: this.#stop.signal })) {
      if (type !== 'ADDED') continue;
      const fate = this.fate(String(fieldAt(object, 'spec', 'source', 'persistentVolumeClaimName')));
      if (fate !== 'nothing') await this.meet(object, fate).catch(unlessGone);
    }
  }

  async meet({ metadata: { name, uid }, ...snapshot }: VolumeSnapshot, fate: Exclude<Fate, 'nothing'>): Promise<void> {
    const kubernetes = this.#kubernetes;
    const content = `snapcontent-${uid}`;
    const of = fieldAt(snapshot, 'spec', 'volumeSnapshotClassName');
    const status = (state: object) =>
      kubernetes.patch({ ...VOLUME_SNAPSHOT, name }, { status: state }, { type: 'merge', subresource: 'status' });
    if (fate !== 'ready') {
      await status({ readyToUse: false, error: { message: fate.error, time: new Date().toISOString() } });
      return;
    }
    await kubernetes.create({
      ...SNAPSHOT_CONTENT,
      metadata: { name: content },
      spec: {
        deletionPolicy: 'Delete',
        driver: 'hostpath.csi.k8s.io',
        source: { volumeHandle: `volume-of-${name}` },
        volumeSnapshotClassName: of,
        volumeSnapshotRef: { name, namespace: kubernetes.namespace, uid },
      },
    });
    const told = { snapshotHandle: `snap-${name}`, readyToUse: true, restoreSize: 1024 ** 3 };
    await kubernetes.patch({ ...SNAPSHOT_CONTENT, name: content }, { status: told }, { type: 'merge', subresource: 'status' });
    await status({ boundVolumeSnapshotContentName: content, readyToUse: true, restoreSize: '1Gi', error: null });
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof HttpError) || error.status !== 404) throw error;
}
