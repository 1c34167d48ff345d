import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Job, Workload } from '../../interfaces/objects.ts';
import { uncoloredName } from '../../split/index.ts';
import { SCHEDULED } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, COLORS, FIELD_MANAGER } from '../../split/model.ts';
import { refOf } from '../kube/kinds.ts';
import { RELEASE_NAME } from '../kube/live.ts';
import { describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { jobsOf, listJobs } from './jobs.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'log' | 'clock' | 'options'>;

/** Its controller notes here for which tick it made a Job. One that a person makes has no tick, whatever its name looks like. */
const SCHEDULED_FOR = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

const tickOf = ({ metadata }: Job): number => Date.parse(metadata.annotations?.[SCHEDULED_FOR] ?? '') || 0;

/**
 * Pure: the last tick that ran, in milliseconds; 0 where none did. The controller makes the Job first and notes the tick in the CronJob
 * afterwards, which fails where the CronJob was suspended in between: then its Jobs alone know.
 */
export function lastTick(schedule: Workload, jobs: readonly Job[]): number {
  const noted = Date.parse(String(schedule.status?.lastScheduleTime ?? '')) || 0;
  return Math.max(noted, ...jobsOf(jobs, [schedule]).map(tickOf));
}

/** A CronJob's controller may be making a Job when we suspend it: this much later the Job is there. */
const SETTLE_MS = 1_000;

/**
 * What runs on a schedule remembers its last tick, and starts the latest one missed since when it is resumed. Before `heirs` are resumed they
 * get the memory of those whose work they go on with: of the other color, or of the app as plain Helm ran it, as if all were one.
 */
export async function inherit(deps: Deps, heirs: readonly Workload[]): Promise<void> {
  const { kubernetes, options, clock } = deps;
  const all = async () => (await Promise.all(SCHEDULED.map(({ ref }) => kubernetes.list(ref)))).flatMap(({ items }) => items);
  const pairs = (schedules: readonly Workload[]) =>
    heirs.flatMap((heir) => schedules.filter((old) => isSibling(old, heir, options.release)).map((old) => ({ old, heir })));
  if (heirs.length === 0 || pairs(await all()).length === 0) return;
  await clock.sleep(SETTLE_MS);
  const [now, jobs] = await Promise.all([all(), listJobs(deps)]);
  for (const { old, heir } of pairs(now)) await handOver(deps, old, heir, jobs);
}

function nameOf(schedule: Workload): string {
  const color = COLORS.find((one) => one === schedule.metadata.labels?.[COLOR_LABEL]);
  return color === undefined ? schedule.metadata.name : uncoloredName(schedule, color);
}

/** Pure: whether both are one schedule of the app. */
export const isSibling = (one: Workload, other: Workload, release: string): boolean =>
  one.metadata.uid !== other.metadata.uid &&
  one.kind === other.kind &&
  nameOf(one) === nameOf(other) &&
  (one.metadata.labels?.[APP_LABEL] === release || one.metadata.annotations?.[RELEASE_NAME] === release);

/** Where it cannot be written, users come first: it is said, and a tick may run twice. */
async function handOver({ kubernetes, log }: Deps, from: Workload, to: Workload, jobs: readonly Job[]): Promise<void> {
  const [last, known] = [lastTick(from, jobs), lastTick(to, jobs)];
  if (last <= known) return;
  const time = new Date(last).toISOString().replace('.000Z', 'Z');
  const body = { status: { lastScheduleTime: time } };
  try {
    await kubernetes.patch(refOf(to), body, { type: 'merge', subresource: 'status', fieldManager: FIELD_MANAGER });
    log.info(`${describe(to)} goes on after ${time}, when ${describe(from)} ran last`);
  } catch (error) {
    log.warning(`${describe(to)} may run the tick of ${time} again, which ran in ${describe(from)}: ${why(to, error)}`);
  }
}

const why = ({ kind }: KubernetesObject, error: unknown): string =>
  error instanceof HttpError && error.status === 403
    ? `the account may not patch the status of a ${kind}`
    : error instanceof Error
      ? error.message
      : String(error);
