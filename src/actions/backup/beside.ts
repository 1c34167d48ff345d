import {
  type Forgotten,
  forgettable,
  type JobTools,
  keepSnapshots,
  type Owner,
  type PreparedSnapshots,
  prepareSnapshots,
  READY_FILE,
  removeSnapshots,
  requireVelero,
  type SnapshotsTaken,
  takeSnapshots,
  takeVelero,
} from '../../backup/index.ts';
import type { Beside } from '../../backup/model.ts';
import { settled } from '../../backup/streams.ts';
import type { BackupInputs } from './inputs.ts';

/** What goes with a backup beside its dump: prepared before anything is touched, made while the Job dumps, told afterwards. */
export interface WithBackup {
  /** Flags of the Job; empty where it has nobody to wait for. */
  flags: string[];
  /** Whether the Job is told what goes with its backup. */
  isAsked: boolean;
  make(id: string, tools: JobTools): Promise<Beside>;
  /** Once there is a backup: what belongs to it is marked, and what is held for those that are gone goes. Resolves to its names. */
  settle(storage: Forgotten, tools: JobTools): Promise<string[]>;
  /** For the summary. */
  lines: string[];
}

/** Of the Job's time: the rest is for what comes after. */
const SHARE = 0.5;
/** Ids that fit a Job's arguments with ease; the others have their turn in the next runs. */
const MOST_HELD = 200;

/** Asks what there is; throws before anything is touched. */
export async function prepareBeside(inputs: BackupInputs, tools: JobTools): Promise<WithBackup> {
  const { snapshots, velero, timeoutMs } = inputs;
  const owner = ownerOf(inputs);
  if (velero !== undefined) await requireVelero(tools.kubernetes, velero);
  const prepared = await prepareSnapshots(tools, owner, snapshots);
  const lines = [...prepared.notes];
  const made: SnapshotsTaken['made'] = [];
  const isAsked = prepared.planned.length > 0 || velero !== undefined;
  return {
    isAsked,
    flags: flagsOf(prepared, isAsked, timeoutMs),
    lines,
    make: async (id, during) => {
      const { beside, taken } = await make({ inputs, owner, prepared, id, lines }, during);
      made.push(...taken);
      return beside;
    },
    settle: async (storage, after) => {
      await keepSnapshots(after, made);
      return await removeSnapshots(after, forgettable(prepared.held, storage, inputs.policy.cap));
    },
  };
}

/** The keys apart: whoever has others sees the same objects. */
const ownerOf = ({ app, destination: { endpoint, bucket, prefix } }: BackupInputs): Owner => ({
  release: app.release,
  store: [endpoint, bucket, prefix].join('/'),
});

function flagsOf({ held }: PreparedSnapshots, isAsked: boolean, timeoutMs: number): string[] {
  const ids = [...new Set(held.map(({ id }) => id))].sort().slice(0, MOST_HELD);
  return [
    ...(isAsked ? [`--beside=${Math.round(((1 + SHARE) / 2) * timeoutMs)}ms`, `--ready-file=${READY_FILE}`] : []),
    ...(ids.length > 0 ? [`--held=${ids.join(',')}`] : []),
  ];
}

interface Making {
  inputs: BackupInputs;
  owner: Owner;
  prepared: PreparedSnapshots;
  id: string;
  lines: string[];
}

async function make(
  { inputs, owner, prepared, id, lines }: Making,
  tools: JobTools,
): Promise<{ beside: Beside; taken: SnapshotsTaken['made'] }> {
  const { snapshots, velero, timeoutMs } = inputs;
  const limitMs = Math.round(SHARE * timeoutMs);
  // Where one fails there is no backup, and nobody waits for the other.
  const stop = new AbortController();
  const during = { ...tools, signal: AbortSignal.any([tools.signal, stop.signal]) };
  const orStop = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      stop.abort(error);
      throw error;
    });
  const taking = orStop(takeSnapshots({ id, owner, planned: prepared.planned, all: snapshots === 'require', limitMs }, during));
  const completing = velero === undefined ? undefined : orStop(takeVelero({ id, owner, namespace: velero, limitMs }, during));
  try {
    const [{ volumes, failed, made }, completed] = await settled([taking, completing ?? Promise.resolve(undefined)]);
    for (const { claim, why } of failed) {
      const words = `The backup goes without a snapshot of the volume of claim ${claim}: ${why}`;
      tools.log.warning(words);
      lines.push(words);
    }
    for (const { name, claim, size } of volumes) lines.push(`VolumeSnapshot ${name} of claim ${claim} (${size}) is ready to use`);
    if (completed) lines.push(`Velero's Backup ${completed.namespace}/${completed.name} is completed`);
    const beside = { ...(volumes.length > 0 && { volumes }), ...(completed && { velero: completed }) };
    return { beside, taken: made };
  } catch (error) {
    // There will be no backup that they could belong to.
    await removeSnapshots(tools, await taking.then(({ made }) => made).catch(() => []));
    throw error;
  }
}
