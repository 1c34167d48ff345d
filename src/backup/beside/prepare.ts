import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { HeldSnapshot } from './held.ts';
import type { Owner } from './marks.ts';
import type { PlannedSnapshot } from './plan.ts';
import { missingRights, snapshotAccess } from './rights.ts';
import { knowsSnapshots, survey } from './survey.ts';

/** Whether volumes are snapshotted: where they can be, never, or each or there is no backup. */
export const SNAPSHOTS = ['auto', 'off', 'require'] as const;
export type Snapshots = (typeof SNAPSHOTS)[number];

export interface PreparedSnapshots {
  planned: PlannedSnapshot[];
  held: HeldSnapshot[];
  /** For people: what is not snapshotted, and why. */
  notes: string[];
}

const NONE: PreparedSnapshots = { planned: [], held: [], notes: [] };

/** Reads what can be snapshotted; touches nothing. Throws where `require` cannot be kept. Errors: `configuration`, `access-denied`. */
export async function prepareSnapshots(
  { kubernetes, log }: { kubernetes: Kubernetes; log: Log },
  owner: Owner,
  wanted: Snapshots,
): Promise<PreparedSnapshots> {
  if (wanted === 'off') return NONE;
  const without = (why: string, hint: string): PreparedSnapshots => {
    if (wanted === 'require') throw new ConfigurationError(`Input "volume-snapshots" is require, but ${why}`, { hint });
    const note = `No volume is snapshotted: ${why}`;
    log.info(note);
    return { ...NONE, notes: [note] };
  };
  if (!(await knowsSnapshots(kubernetes))) {
    return without(
      'the cluster knows no VolumeSnapshot (snapshot.storage.k8s.io/v1)',
      'Install the snapshot controller and its definitions, or use auto.',
    );
  }
  const denied = await kubernetes.denied(snapshotAccess(kubernetes.namespace));
  if (denied.length > 0) {
    const missing = missingRights(`volume-snapshots: ${wanted}`, denied);
    if (wanted === 'require') throw missing;
    log.warning(`No volume is snapshotted. ${missing.message}. ${missing.hint}`);
    return { ...NONE, notes: [`No volume is snapshotted: ${missing.message}`] };
  }
  const { planned, without: unserved, held } = await survey(kubernetes, owner);
  const notes = unserved.map(({ claim, why }) => `The volume of claim ${claim} is not snapshotted: ${why}`);
  if (wanted === 'require' && notes.length > 0) {
    throw new ConfigurationError(
      `Input "volume-snapshots" is require, but ${unserved.map(({ claim, why }) => `of claim ${claim}: ${why}`).join('; ')}`,
      {
        hint: 'auto snapshots what can be, and says what not.',
      },
    );
  }
  if (planned.length + notes.length === 0) return { ...without('the app has no claims', 'Use auto.'), held };
  for (const note of notes) log.info(note);
  return { planned, held, notes };
}
