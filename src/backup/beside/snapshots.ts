import { watchUntil } from '../../deploy/kube/watch.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt, messageOf } from '../../interfaces/values.ts';
import type { JobTools } from '../cluster/run-job.ts';
import type { VolumeRecord } from '../model.ts';
import { removeSnapshots } from './held.ts';
import { marksOf, nameFor, type Owner, SNAPSHOT_CONTENT, VOLUME_SNAPSHOT, type VolumeSnapshot } from './marks.ts';
import { type Outcome, Outcomes } from './outcome.ts';
import type { PlannedSnapshot } from './plan.ts';

export interface SnapshotOptions {
  id: string;
  owner: Owner;
  planned: readonly PlannedSnapshot[];
  /** Whether one that fails ends all. */
  all: boolean;
  limitMs: number;
  /** How long an error may stand that the controller may get over. */
  graceMs?: number;
}

export interface SnapshotsTaken {
  volumes: VolumeRecord[];
  /** Claims whose snapshot failed, and why: it is removed. */
  failed: { claim: string; why: string }[];
  /** What was made and is there. */
  made: { name: string; uid: string }[];
}

const GRACE_MS = 60_000;

interface Made {
  name: string;
  uid: string;
  planned: PlannedSnapshot;
}

/** A VolumeSnapshot of each claim, watched until all are ready to use. Where it throws, none of them stays. Errors: `backup-failed`. */
export async function takeSnapshots(options: SnapshotOptions, tools: JobTools): Promise<SnapshotsTaken> {
  const made: Made[] = [];
  try {
    const refused = await create(options, tools, made);
    const outcomes = await settledOutcomes(options, made, tools);
    const taken: SnapshotsTaken = { volumes: [], failed: refused, made: [] };
    // The one that failed is told, not those that nobody waits for any more.
    const rank = ({ name }: Made) => (outcomes.of(name) === undefined ? 1 : 0);
    for (const each of made.toSorted((a, b) => rank(a) - rank(b))) {
      const { name, uid, planned } = each;
      const found = await recordOf(each, outcomes.of(name), tools);
      if ('why' in found) {
        refuse(options, planned, found.why);
        taken.failed.push({ claim: planned.claim.metadata.name, why: found.why });
        await removeSnapshots(tools, [each]);
      } else {
        taken.volumes.push(found);
        taken.made.push({ name, uid });
      }
    }
    return taken;
  } catch (error) {
    await removeSnapshots(tools, made);
    throw error;
  }
}

/** Throws where none may fail. */
function refuse({ all }: SnapshotOptions, { claim, class: name }: PlannedSnapshot, why: string): void {
  if (!all) return;
  throw new DeployError('backup-failed', `The volume of claim ${claim.metadata.name} could not be snapshotted (class ${name}): ${why}`, {
    hint: 'volume-snapshots: auto takes a backup without it, and warns. kubectl describe volumesnapshot shows what its driver says.',
  });
}

async function create(options: SnapshotOptions, { kubernetes }: JobTools, made: Made[]): Promise<SnapshotsTaken['failed']> {
  const refused: SnapshotsTaken['failed'] = [];
  for (const planned of options.planned) {
    const claim = planned.claim.metadata.name;
    const name = nameFor(options.id, claim);
    try {
      const { metadata } = await kubernetes.create(objectOf(name, planned, options));
      made.push({ name, uid: metadata.uid ?? '', planned });
    } catch (error) {
      refuse(options, planned, messageOf(error));
      refused.push({ claim, why: messageOf(error) });
    }
  }
  return refused;
}

const objectOf = (name: string, { claim, class: of }: PlannedSnapshot, { owner, id }: SnapshotOptions): KubernetesObject => ({
  ...VOLUME_SNAPSHOT,
  metadata: { name, labels: marksOf(owner, id) },
  spec: { volumeSnapshotClassName: of, source: { persistentVolumeClaimName: claim.metadata.name } },
});

async function settledOutcomes(options: SnapshotOptions, made: readonly Made[], tools: JobTools): Promise<Outcomes> {
  const { limitMs, all } = options;
  const outcomes = new Outcomes(
    made.map(({ name }) => name),
    options.graceMs ?? GRACE_MS,
  );
  if (made.length === 0) return outcomes;
  const { log, clock } = tools;
  const until = clock.elapsed() + limitMs;
  const labelSelector = Object.entries(marksOf(options.owner, options.id))
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  let said = '';
  await watchUntil({
    ...tools,
    watch: [{ kind: VOLUME_SNAPSHOT, options: { labelSelector } }],
    // What is not ready by then is judged, and not only told.
    limitMs: 2 * limitMs,
    waitingFor: 'VolumeSnapshots to be ready to use',
    judge: (view, now) => {
      const late = clock.elapsed() >= until ? `it was not ready to use after ${Math.round(limitMs / 1000)} s` : undefined;
      outcomes.judge(view, now, late);
      const waiting = outcomes.waiting();
      if (waiting.length === 0 || (all && outcomes.failed())) return true;
      const troubles = outcomes.troubles();
      const words = `Waiting for VolumeSnapshots to be ready to use: ${waiting.join(', ')}${troubles.length > 0 ? ` (${troubles.join('; ')})` : ''}`;
      if (words !== said) log.info(words);
      said = words;
      return undefined;
    },
  });
  return outcomes;
}

async function recordOf({ name, planned }: Made, outcome: Outcome | undefined, tools: JobTools): Promise<VolumeRecord | { why: string }> {
  if (outcome === undefined) return { why: 'nobody waited for it' };
  if ('why' in outcome) return outcome;
  try {
    return await recorded(name, planned, outcome.ready, tools);
  } catch (error) {
    return { why: `what its storage calls it could not be read: ${messageOf(error)}` };
  }
}

async function recorded(
  name: string,
  { claim, class: of, driver }: PlannedSnapshot,
  { status }: VolumeSnapshot,
  { kubernetes }: JobTools,
): Promise<VolumeRecord | { why: string }> {
  const content = status?.boundVolumeSnapshotContentName;
  const found = content === undefined ? undefined : await kubernetes.get({ ...SNAPSHOT_CONTENT, name: content });
  const handle = fieldAt(found, 'status', 'snapshotHandle');
  if (typeof handle !== 'string' || handle === '')
    return { why: `its VolumeSnapshotContent ${content ?? '(none)'} has no handle of the storage` };
  const asked = fieldAt(claim, 'status', 'capacity', 'storage') ?? fieldAt(claim, 'spec', 'resources', 'requests', 'storage');
  const restoreSize = status?.restoreSize;
  return {
    name,
    claim: claim.metadata.name,
    class: of,
    driver,
    handle,
    // Some drivers say 0 where they do not know.
    size: restoreSize === undefined || /^0\D*$/.test(restoreSize) ? String(asked ?? '') : restoreSize,
    storageClass: claim.spec?.storageClassName ?? '',
    accessModes: [...(claim.spec?.accessModes ?? [])],
    mode: claim.spec?.volumeMode ?? 'Filesystem',
  };
}
