import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { ClusterEnvironment } from '../../../demo/environment.ts';
import { freshNamespace } from '../../../demo/namespace.ts';
import type { Expected } from '../../../src/deploy/diagnosis/model.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { READY } from '../../../src/split/kinds/rows.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { REGISTRY, type Scenario } from './scenario.ts';
import { stopped } from './stopped.ts';

const runner = new NodeProcessRunner({ env: process.env });
const ADMISSION = /ValidatingWebhookConfiguration|ValidatingAdmissionPolicyBinding/;
const ADMISSION_LIMIT_MS = 30_000;
const CLUSTER_WIDE = /RuntimeClass|ValidatingWebhookConfiguration|ValidatingAdmissionPolicy/;

/** A scenario in a namespace of its own. */
export class Provoked {
  readonly namespace: string;
  readonly scenario: Scenario;
  readonly #cluster: ClusterEnvironment;
  readonly #timers: NodeJS.Timeout[] = [];
  #startAgain: Promise<() => Promise<void>> | undefined;

  constructor(scenario: Scenario, cluster: ClusterEnvironment, prefix: string) {
    this.scenario = scenario;
    this.#cluster = cluster;
    this.namespace = `${prefix}-${scenario.name}`;
  }

  /** What is there before, and ready. */
  async prepare(): Promise<void> {
    const { before = [], standard = 'privileged' } = this.scenario;
    await freshNamespace(this.namespace, this.#cluster, runner, 'baseline');
    await this.kubectl(['label', 'namespace', this.namespace, '--overwrite', `pod-security.kubernetes.io/enforce=${standard}`]);
    for (const object of before) await this.apply(object);
    for (const { metadata } of before.filter(({ kind }) => kind === 'Deployment')) {
      await this.kubectl(['rollout', 'status', `deployment/${metadata.name}`, '--timeout=120s']);
    }
    if (before.some(({ kind }) => ADMISSION.test(kind))) await this.#refused();
    if (this.scenario.stops && this.scenario.stops.afterMs === undefined) await this.#stop();
  }

  async #stop(): Promise<void> {
    if (!this.scenario.stops) return;
    this.#startAgain = stopped(this.scenario.stops.component);
    await this.#startAgain;
  }

  /** Until the API server asks what decides on pods: it learns of that a moment after it has stored it. */
  async #refused(): Promise<void> {
    const pod = ['run', 'asked', '--image=registry.example/none', '--dry-run=server'];
    const deadline = Date.now() + ADMISSION_LIMIT_MS;
    const isTaken = () =>
      this.kubectl(pod).then(
        () => true,
        () => false,
      );
    while (await isTaken()) {
      if (Date.now() > deadline)
        throw new Error(`Pods are still taken ${ADMISSION_LIMIT_MS / 1000} s after ${this.scenario.name} was prepared`);
      await delay(200);
    }
  }

  /** The scenario itself; hands do later what they do. */
  async begin(): Promise<void> {
    for (const object of this.scenario.objects) await this.apply(object);
    const { afterMs } = this.scenario.stops ?? {};
    if (afterMs !== undefined) this.#timers.push(setTimeout(() => void this.#stop(), afterMs));
    for (const { afterMs, kubectl, input } of this.scenario.hands ?? []) {
      this.#timers.push(setTimeout(() => void this.kubectl(kubectl, input && JSON.stringify(this.#own(input))), afterMs));
    }
  }

  async remove(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await (await this.#startAgain)?.();
    for (const { kind, metadata } of (this.scenario.before ?? []).filter((object) => CLUSTER_WIDE.test(object.kind))) {
      await this.kubectl(['delete', kind, this.#named(metadata.name), '--ignore-not-found']);
    }
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
  }

  get objects(): KubernetesObject[] {
    return this.scenario.objects.map((object) => this.#own(object));
  }

  apply = (object: KubernetesObject): Promise<void> => this.kubectl(['apply', '--filename=-'], JSON.stringify(this.#own(object)));

  #named = (text: string): string => text.replaceAll('$NAMESPACE', this.namespace).replaceAll(REGISTRY, this.#cluster.registry.host);
  #own = (object: KubernetesObject): KubernetesObject => JSON.parse(this.#named(JSON.stringify(object))) as KubernetesObject;

  async kubectl(args: readonly string[], input = ''): Promise<void> {
    await execa('kubectl', ['--namespace', this.namespace, ...args], { input, env: this.#cluster.env });
  }
}

/** What a scenario waits for. */
export const expectedOf = ({ expected, objects }: Scenario): readonly Expected[] =>
  expected ??
  objects.flatMap(({ kind, metadata }) => {
    const row = READY.find(({ ref }) => ref.kind === kind);
    return row ? [{ kind: row.ref.kind, name: metadata.name, shared: false }] : [];
  });
