import type { ClusterEnvironment } from '../../demo/environment.ts';
import type { LoadResult } from '../../demo/load/model.ts';
import { RunningLoad } from '../../demo/load/run.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { expectGreen, expectKilled, type PairApp } from '../cluster/deploy-support.ts';
import type { ActionResult, Child } from './action.ts';
import { Churn } from './churn.ts';

/** The three ways from a version to the one before it. */
export const WAYS = ['by itself, after a failing bake', 'by the next step, after a kill', 'by hand'] as const;
export type Way = (typeof WAYS)[number];

const [OLD, LEFT] = ['v1', 'v2'] as const;
/** After the last pod of the color that was left has gone. */
const SETTLE_MS = 4_000;

/**
 * An app of two Deployments that call each other, without preStop hooks and with servers that take no connection once they are told to stop,
 * behind an Ingress; beside it another app whose endpoints change all the time. `left` fails one check where it is asked through the Ingress, and answers every request of users.
 */
export class WayBack {
  readonly #app: PairApp;
  readonly #cluster: ClusterEnvironment;
  readonly #host: string;

  constructor(app: PairApp, cluster: ClusterEnvironment) {
    this.#app = app;
    this.#cluster = cluster;
    this.#host = `${app.namespace}.example.test`;
  }

  async first(): Promise<void> {
    expectGreen(await this.#deploy(OLD));
  }

  /** What users met on the way. `rate` is their requests per second. */
  async go(way: Way, rate: number, file: string): Promise<{ load: LoadResult; turns: number }> {
    const kubernetes = new KubernetesClient(loadKubeconfig({ path: this.#cluster.kubeconfig, context: this.#cluster.context }), {
      namespace: this.#app.namespace,
    });
    const churn = new Churn(kubernetes);
    await churn.start();
    const load = this.#load(rate, file);
    await this.#back(way);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const result = await load.stop();
    const turns = await churn.stop();
    await kubernetes.close();
    for (const version of [OLD, LEFT])
      if (!result.versions[version]) throw new Error(`${way}: nobody met ${version}: ${JSON.stringify(result.versions)}`);
    return { load: result, turns };
  }

  async #back(way: Way): Promise<void> {
    if (way === 'by hand') {
      expectGreen(await this.#deploy(LEFT));
      expectGreen(await this.#app.rollback('previous', { bake: '1s', drain: '2s' }));
    } else if (way === 'by the next step, after a kill') {
      const killed = await this.#killed();
      expectGreen(await this.#deploy(LEFT, {}, { step: 'post', state: killed.state, tempDir: killed.tempDir }));
    } else {
      const { exitCode, outputs, log } = await this.#deploy(LEFT, { smoke: '- {path: /checked}', bake: '10s' });
      const seen = [exitCode, outputs['failure-reason'], outputs['rolled-back']];
      if (seen.join() !== '1,smoke-failed,true') throw new Error(`The bake was to fail (${seen}):\n${log.slice(-40).join('\n')}`);
    }
  }

  /** Killed while users are on the new version. */
  async #killed(): Promise<ActionResult> {
    let child: Child | undefined;
    const result = await this.#deploy(
      LEFT,
      { bake: '60s' },
      {
        onStart: (started) => {
          child = started;
        },
        onLine: (line) => {
          if (line.includes(`Watch ${LEFT}`)) setTimeout(() => child?.kill('SIGKILL'), 1_500);
        },
      },
    );
    expectKilled(result);
    return result;
  }

  #deploy(version: string, inputs: Record<string, string> = {}, call: Parameters<PairApp['deploy']>[2] = {}): Promise<ActionResult> {
    const pods = { replicas: 2, env: { LEAVE_MS: '0' } };
    const fails = version === LEFT && { FAIL_AT_HOST: `${this.#host}/checked` };
    const values = this.#app.values(version, {
      frontend: { ...pods, env: { ...pods.env, ...fails } },
      backend: pods,
      autoscaling: { enabled: false },
      preStopSeconds: 0,
      ingress: { enabled: true, className: this.#cluster.ingress.className, host: this.#host },
    });
    return this.#app.deploy(version, { values, smoke: '', url: `http://${this.#host}`, drain: '2s', ...inputs }, call);
  }

  #load(rate: number, file: string): RunningLoad {
    return new RunningLoad(
      {
        targets: this.#cluster.ingress.http,
        host: this.#host,
        paths: ['/'],
        sources: this.#cluster.loadSources,
        rate,
        maxSeconds: 300,
        maxRequests: 100_000,
        timeoutMs: 10_000,
        versionHeader: 'x-app-version',
      },
      file,
    );
  }
}
