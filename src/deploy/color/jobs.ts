import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Job } from '../../interfaces/objects.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { MAKE_JOBS } from '../../split/kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, type Color } from '../../split/model.ts';
import { isHook } from '../../split/read/hooks.ts';
import { colorObjects } from '../kube/kinds.ts';
import { JOB } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { PlainApp } from '../state/plain.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'options'>;

/** Pure: the Jobs that were made by one of these. */
export const jobsOf = (jobs: readonly Job[], makers: readonly KubernetesObject[]): Job[] =>
  jobs.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => controller && makers.some((maker) => maker.metadata.uid === uid)),
  );

const isRunning = ({ spec, status }: Job): boolean =>
  spec?.suspend !== true && !status?.conditions?.some(({ type, status: is }) => ['Complete', 'Failed'].includes(type) && is === 'True');

/** Pure: running Jobs of a color: made by its own objects, or by its workers, whose Jobs' pods carry the color. Hooks are waited for by Helm. */
export function runningJobs(jobs: readonly Job[], makers: readonly KubernetesObject[], app: string, color: Color): Job[] {
  const colored = jobs.filter((job) => {
    const labels = { ...podTemplateOf(job)?.metadata?.labels, ...job.metadata.labels };
    return labels[APP_LABEL] === app && labels[COLOR_LABEL] === color && !isHook(job);
  });
  return [...new Set([...jobsOf(jobs, makers), ...colored])].filter(isRunning);
}

/** All Jobs of the namespace; none where this account may not list them: a chart that makes some needs that right. */
export async function listJobs({ kubernetes }: Pick<Deps, 'kubernetes'>): Promise<Job[]> {
  try {
    return (await kubernetes.list(JOB)).items;
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return [];
    throw error;
  }
}

const POLL_MS = 2_000;

type Waiting = Deps & Pick<AppContext, 'clock' | 'log' | 'report'>;
interface Limits {
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** What becomes of those that still run then, as text. */
  fate?: string | undefined;
}

/** Waits for the color's running Jobs, which may call its Services, at most `limitMs`; then says which still run. Errors: the signal's reason. */
export async function jobsEnded(deps: Waiting, color: Color, limits: Limits): Promise<void> {
  const { kubernetes, options } = deps;
  const makers = (await Promise.all(MAKE_JOBS.map((kind) => colorObjects(kubernetes, options.release, color, kind)))).flat();
  await waitFor(deps, (jobs) => runningJobs(jobs, makers, options.release, color), `of ${color}`, limits);
}

/** The same for an app as plain Helm ran it: its Jobs would be deleted with what made them. */
export async function plainJobsEnded(deps: Waiting, { workloads, others }: PlainApp, limits: Limits): Promise<void> {
  const named = [...workloads, ...others].filter(({ kind }) => MAKE_JOBS.some(({ ref }) => ref.kind === kind));
  const makers = (await Promise.all(named.map((one) => deps.kubernetes.get(one)))).filter((one) => one !== undefined);
  await waitFor(deps, (jobs) => jobsOf(jobs, makers).filter(isRunning), 'of plain Helm', limits);
}

async function waitFor(
  deps: Waiting,
  which: (jobs: readonly Job[]) => Job[],
  whose: string,
  { limitMs, signal, fate }: Limits,
): Promise<void> {
  const { clock, log } = deps;
  const limit = `${limitMs / 1000} s`;
  const deadline = clock.now() + limitMs;
  for (let told = ''; ; ) {
    const running = which(await listJobs(deps));
    if (running.length === 0) return;
    const names = running.map(({ metadata }) => `${JOB.kind}/${metadata.name}`).join(', ');
    if (clock.now() >= deadline) {
      const message = `${names} ${whose} still ${running.length > 1 ? 'run' : 'runs'} after ${limit}: ${fate ?? 'not waited for any longer'}`;
      log.warning(message);
      deps.report.notes.push(message);
      return;
    }
    if (names !== told) log.info(`Waiting for ${names} ${whose}, at most ${limit}: until then its pods and Services stay`);
    told = names;
    await clock.sleep(POLL_MS, signal);
  }
}
