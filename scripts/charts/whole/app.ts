import { execa } from 'execa';
import { type ClusterEnvironment, ROOT } from '../../../demo/environment.ts';

export interface Run {
  exitCode: number | undefined;
  outputs: Record<string, string>;
  reason: string;
  message: string;
  /** What went by on standard error. */
  log: string;
}

/** One app in a namespace of its own, deployed by the command line as people do. */
export class WholeApp {
  readonly namespace: string;
  readonly release: string;
  readonly #cluster: ClusterEnvironment;

  constructor(namespace: string, release: string, cluster: ClusterEnvironment) {
    this.namespace = namespace;
    this.release = release;
    this.#cluster = cluster;
  }

  async run(command: string, flags: Readonly<Record<string, string>>): Promise<Run> {
    const args = Object.entries({ namespace: this.namespace, release: this.release, ...flags }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    const { exitCode, stdout, stderr } = await execa(process.execPath, [`${ROOT}bin/todo-deploy.js`, command, '--json', ...args], {
      env: this.#cluster.env,
      reject: false,
      timeout: 600_000,
      maxBuffer: 1 << 28,
    });
    const { outputs = {}, error } = JSON.parse(stdout || '{}');
    return { exitCode, outputs, reason: error?.reason ?? '', message: error?.message ?? '', log: stderr };
  }

  async kubectl(...args: string[]): Promise<string> {
    const { stdout } = await execa('kubectl', ['--namespace', this.namespace, ...args], { env: this.#cluster.env });
    return stdout;
  }

  /** Versions that answer behind a Service, through the API server's proxy. */
  async answers(service: string, port: number, path = '/'): Promise<string[]> {
    const place = `/api/v1/namespaces/${this.namespace}/services/http:${service}:${port}/proxy${path}`;
    const texts = await Promise.all(Array.from({ length: 5 }, () => this.kubectl('get', '--raw', place)));
    return texts.map((text) => JSON.parse(text).version);
  }

  /** Tags that ready pods run. */
  async running(selector: string): Promise<string[]> {
    const { items } = JSON.parse(await this.kubectl('get', 'pods', `--selector=${selector}`, '--output=json'));
    return items.flatMap((pod: { metadata: { deletionTimestamp?: string }; spec: { containers: { image: string }[] }; status: Status }) =>
      pod.metadata.deletionTimestamp || !pod.status.containerStatuses?.every(({ ready }) => ready)
        ? []
        : pod.spec.containers.map(({ image }) => image.split(':').at(-1) ?? ''),
    );
  }

  /** What a job of each CronJob that is not suspended says. */
  async ticks(): Promise<string[]> {
    const { items } = JSON.parse(await this.kubectl('get', 'cronjobs', '--output=json'));
    const active = items.filter(({ spec }: { spec: { suspend?: boolean } }) => !spec.suspend);
    return Promise.all(
      active.map(async ({ metadata }: { metadata: { name: string } }) => {
        const job = `tick-${Date.now()}`;
        await this.kubectl('create', 'job', job, `--from=cronjob/${metadata.name}`);
        await this.kubectl('wait', `job/${job}`, '--for=condition=Complete', '--timeout=60s');
        const log = await this.kubectl('logs', `job/${job}`);
        await this.kubectl('delete', 'job', job);
        return /version=(\S+)/.exec(log)?.[1] ?? log;
      }),
    );
  }
}

interface Status {
  containerStatuses?: { ready: boolean }[];
}
