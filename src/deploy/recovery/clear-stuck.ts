import { COLORS } from '../../split/model.ts';
import { baseRecordOf } from '../../split/part/base-record.ts';
import { ownPart } from '../base/recorded.ts';
import { colorRelease, SECRET } from '../kube/names.ts';
import { appOf } from '../preflight/own-releases.ts';
import type { AppContext } from '../run/run.ts';

/** What Helm leaves where it was killed, or could not record how it ended: it refuses to work on such a release ever after. */
const STUCK = ['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'];

/** The app's Helm releases can be worked on again, whatever a run left of them. Those of others are not touched. */
export async function clearStuck(run: AppContext): Promise<void> {
  const { kubernetes, helm, options, log } = run;
  const names = [options.release, ...COLORS.map((color) => colorRelease(options.release, color))];
  const { items } = await kubernetes.list(SECRET, {
    labelSelector: `owner=helm,status in (${STUCK.join(',')}),name in (${names.join(',')})`,
    metadataOnly: true,
  });
  for (const name of new Set(items.map(({ metadata }) => metadata.labels?.name ?? ''))) {
    if (!(await isOurs(run, name))) continue;
    if (await helm.clearPending(name)) log.info(`Helm release ${name} was left in the middle of a change: Helm can work on it again`);
  }
}

/** A base that is stuck before the journal knows of any version may be someone's `helm` at work: the revisions themselves say whose they are. */
async function isOurs({ helm, kubernetes, options, journal }: AppContext, name: string): Promise<boolean> {
  const { inFlight, history } = journal.journal;
  const base = name === options.release;
  if (base && (inFlight || history.length > 0)) return true;
  const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${name}`, metadataOnly: true });
  for (const revision of items.map(({ metadata }) => Number(metadata.labels?.version)).sort((a, b) => b - a)) {
    const recorded = ownPart(await helm.recordedPart(name, revision));
    if (!recorded) continue;
    if (base ? baseRecordOf(recorded.part) !== undefined : appOf(recorded.part) === options.release) return true;
  }
  return false;
}
