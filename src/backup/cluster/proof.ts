import type { Kubernetes, KubernetesObject, ObjectRef } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { FIELD_MANAGER } from '../../split/model.ts';

/** The newest backup that a drill has restored, as the cluster remembers it: whoever asks needs no key of the storage. */
export interface Proof {
  backup: string;
  /** When its snapshot was taken, ms since the epoch. */
  snapshotAt: number;
  /** When the drill ended. */
  drilledAt: number;
}

const refOf = (release: string): ObjectRef => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `todo-deploy-${release}-backups` });

export async function recordProof(kubernetes: Kubernetes, release: string, { backup, snapshotAt, drilledAt }: Proof): Promise<void> {
  const { apiVersion, kind, name } = refOf(release);
  const [taken, drilled] = [snapshotAt, drilledAt].map((at) => new Date(at).toISOString());
  const object: KubernetesObject = { apiVersion, kind, metadata: { name }, data: { backup, 'snapshot-at': taken, 'drilled-at': drilled } };
  await kubernetes.apply(object, { fieldManager: FIELD_MANAGER, force: true });
}

/** undefined where no drill was recorded, or what stands there is none. */
export async function readProof(kubernetes: Kubernetes, release: string): Promise<Proof | undefined> {
  const object = await kubernetes.get(refOf(release));
  const text = (name: string): string => String(fieldAt(object, 'data', name) ?? '');
  const proof = { backup: text('backup'), snapshotAt: Date.parse(text('snapshot-at')), drilledAt: Date.parse(text('drilled-at')) };
  return proof.backup === '' || Number.isNaN(proof.snapshotAt) || Number.isNaN(proof.drilledAt) ? undefined : proof;
}

const HOUR = 3_600_000;

/** Pure: full hours since the snapshot of the newest backup that counts. */
export const hoursOf = ({ snapshotAt }: Proof, now: number): number => Math.max(0, Math.floor((now - snapshotAt) / HOUR));

/** Pure: one line for people. */
export const proofLine = (proof: Proof, now: number): string =>
  `The newest backup that a drill has restored is ${hoursOf(proof, now)} h old (${proof.backup})`;
