import type { CronJobSpec, CronJobStatus } from 'kubernetes-types/batch/v1.d.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Job } from '../../../src/interfaces/objects.ts';

type CronJob = { apiVersion: string; kind: 'CronJob'; metadata: ObjectMeta; spec?: CronJobSpec; status?: CronJobStatus };
export const CRON_JOB: KindRef<CronJob> = { apiVersion: 'batch/v1', kind: 'CronJob' };
export const JOB: KindRef<Job> = { apiVersion: 'batch/v1', kind: 'Job' };

const MINUTE_MS = 60_000;
const timeOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString().replace('.000Z', 'Z');
const minuteOf = (time: string): number => Math.floor(Date.parse(time) / MINUTE_MS);

/**
 * What the CronJob controller does for schedules of one minute, with a clock of its own: a minute goes by when a test says so, and with
 * `gaps` each time a CronJob is resumed or suspended. One that is suspended misses its ticks, and starts the latest of them when it is resumed.
 */
export class Scheduler {
  readonly #kubernetes: Kubernetes;
  readonly #stop = new AbortController();
  readonly #suspended = new Map<string, boolean>();
  readonly #memory = new Map<string, number>();
  /** The API server's clock may be in the next minute already when it creates one. */
  readonly #created = new Map<string, number>();
  #now = minuteOf(new Date().toISOString());
  #watching: Promise<void> | undefined;
  gaps = false;
  /** Every minute of the schedule. */
  readonly minutes: number[] = [];

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
  }

  start(): void {
    this.#watching = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #follow(): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(CRON_JOB, { signal: this.#stop.signal })) {
      const { name } = object.metadata;
      const suspended = object.spec?.suspend === true;
      const changed = this.#suspended.has(name) && this.#suspended.get(name) !== suspended;
      this.#suspended.set(name, suspended);
      if (type === 'DELETED') this.#suspended.delete(name);
      if (type === 'DELETED') continue;
      // As it is by now.
      const live = await this.#kubernetes.get({ ...CRON_JOB, name });
      if (live) await this.#sync(live);
      if (changed && this.gaps) await this.tick();
    }
  }

  /** A minute goes by. */
  async tick(): Promise<void> {
    this.minutes.push(++this.#now);
    for (const cronJob of (await this.#kubernetes.list(CRON_JOB)).items) await this.#sync(cronJob);
  }

  async #sync({ metadata, spec, status }: CronJob): Promise<void> {
    const key = metadata.uid ?? '';
    if (!this.#created.has(key)) this.#created.set(key, Math.min(minuteOf(String(metadata.creationTimestamp)), this.#now));
    const since = status?.lastScheduleTime === undefined ? (this.#created.get(key) ?? 0) : minuteOf(String(status.lastScheduleTime));
    if (spec?.suspend === true || Math.max(since, this.#memory.get(key) ?? 0) >= this.#now) return;
    this.#memory.set(key, this.#now);
    await tolerant(this.#kubernetes.create(jobOf(metadata, this.#now)));
    await tolerant(endJob(this.#kubernetes, `${metadata.name}-${this.#now}`));
    const body = { status: { lastScheduleTime: timeOf(this.#now) } };
    await tolerant(this.#kubernetes.patch({ ...CRON_JOB, name: metadata.name }, body, { type: 'merge', subresource: 'status' }));
  }

  /** How often each minute has run, in whichever color. */
  async runs(): Promise<Record<string, number>> {
    const { items } = await this.#kubernetes.list(JOB);
    const count = (minute: number) => items.filter(({ metadata }) => metadata.name.endsWith(`-${minute}`)).length;
    return Object.fromEntries(this.minutes.map((minute) => [minute, count(minute)]));
  }
}

/** A Job as its CronJob would make it for a minute. */
export const jobOf = ({ name, uid }: ObjectMeta, minute: number): KubernetesObject => ({
  ...JOB,
  metadata: {
    name: `${name}-${minute}`,
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': timeOf(minute) },
    ownerReferences: [{ ...CRON_JOB, name, uid: uid ?? '', controller: true }],
  },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'tick', image: 'registry.example/app' }] } } },
});

/** Its pod has succeeded. */
export async function endJob(kubernetes: Kubernetes, name: string): Promise<void> {
  const now = new Date().toISOString();
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: now, lastTransitionTime: now });
  const status = { startTime: now, completionTime: now, succeeded: 1, conditions: ['SuccessCriteriaMet', 'Complete'].map(condition) };
  await kubernetes.patch({ ...JOB, name }, { status }, { type: 'merge', subresource: 'status' });
}

async function tolerant(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof HttpError) || ![404, 409].includes(error.status)) throw error;
  });
}
