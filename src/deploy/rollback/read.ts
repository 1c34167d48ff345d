import type { Workload } from '../../interfaces/objects.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { type Color, PART_HASH_ANNOTATION } from '../../split/model.ts';
import { isWorker } from '../color/workers.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { activeOf, colorWorkloads, liveStableServices } from '../kube/live.ts';
import { colorRelease, colorSelector, SECRET, SERVICE } from '../kube/names.ts';
import type { Run } from '../run/run.ts';
import { servingIn } from '../state/journal.ts';
import { type Candidate, candidatesOf, type Facts, type LiveColor } from './candidates.ts';

/** What is known of an app before anything is touched. */
export interface Situation extends Pick<Facts, 'serving'> {
  /** The color that serves; undefined where the app was never deployed. */
  active: Color | undefined;
  candidates: Candidate[];
  /** What plain Helm ran before the app was taken over. */
  plainVersion?: string | undefined;
}

type Deps = Pick<Run, 'kubernetes' | 'journal'> & { readonly options: { readonly release: string } };

/** Reads journal, Services, Deployments and the list of Helm's records. Errors: `StepFailure` where the Services disagree. */
export async function readSituation(deps: Deps): Promise<Situation> {
  const { kubernetes, journal, options } = deps;
  const [services, blue, green] = await Promise.all([
    liveStableServices(kubernetes, options.release),
    readColor(deps, 'blue'),
    readColor(deps, 'green'),
  ]);
  const selected = activeOf(services, servingIn(journal.journal));
  const active = selected === 'mixed' ? journal.journal.active : (selected ?? journal.journal.active);
  if (selected === 'mixed' && active === undefined) {
    throw new StepFailure('state-unclear', `The Services of "${options.release}" select different colors`, {
      hint: `The next deploy or rollback repairs them: ${services.map((one) => `${one.name} → ${one.color}`).join(', ')}`,
    });
  }
  const { history, restored } = journal.journal;
  const serving = history.find((entry) => entry.color === active);
  return {
    active,
    serving,
    candidates: candidatesOf({ history, serving, colors: { blue, green }, restoredAt: restored && Date.parse(restored.at) }),
    plainVersion: journal.journal.plain?.version,
  };
}

async function readColor({ kubernetes, options }: Deps, color: Color): Promise<LiveColor> {
  const [deployments, services, records] = await Promise.all([
    colorWorkloads(kubernetes, options.release, color),
    kubernetes.list(SERVICE, { labelSelector: colorSelector(options.release, color), metadataOnly: true }),
    // Names and labels are enough: a record may have a megabyte.
    kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${colorRelease(options.release, color)}`, metadataOnly: true }),
  ]);
  return {
    workloads: new Set(deployments.keys()),
    services: new Set(services.items.map(({ metadata }) => metadata.name)),
    deployments: [...deployments.values()].filter((object) => !isWorker(object)).map(runs),
    revisions: new Map(records.items.map(({ metadata }) => [Number(metadata.labels?.version), metadata.creationTimestamp ?? ''])),
  };
}

const runs = (workload: Workload) => ({
  partHash: podTemplateOf(workload)?.metadata?.annotations?.[PART_HASH_ANNOTATION] ?? '',
  replicas: workload.spec?.replicas ?? 1,
  ready: workload.status?.readyReplicas ?? 0,
});
