import { NAMESPACE } from '../../../../src/deploy/kube/names.ts';
import type { Clock } from '../../../../src/interfaces/clock.ts';
import { type Preview, previewIn, previewSelector } from '../../../../src/preview/model/index.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../../../src/tools/kubernetes/load.ts';
import type { GitHubStandIn } from '../../../support/github/server.ts';
import { Events } from './events.ts';
import { type Fault, Gate } from './gate.ts';
import type { Settings } from './history.ts';
import { nextRepository } from './ids.ts';
import type { Seen } from './judge.ts';
import type { Listener } from './kubelets.ts';
import { Repository } from './repository.ts';
import type { Runner } from './run.ts';
import { Watched } from './watched.ts';

/** Where a history is played. */
export interface World {
  standIn: GitHubStandIn;
  access: ClusterAccess;
  pace: Clock;
  /** Namespaces of previews as they come and go, and how many workloads are in each. */
  namespaces: { listen(listener: Listener): () => void; workloadsIn(uid: string): number };
  runnerFor(repository: Repository): Runner;
  /** What this world has no room for. */
  fixed?: Partial<Settings>;
}

/** What one history is played on: its repository, its part of the cluster, its clocks. */
export class Stage {
  readonly story: string[] = [];
  readonly wrong: string[] = [];
  /** The machine was too busy to answer a run in time: whatever came of it says nothing. */
  starved = false;
  readonly standIn: GitHubStandIn;
  readonly events = new Events();
  readonly repository: Repository;
  readonly runner: Runner;
  readonly kubernetes: KubernetesClient;
  readonly watched: Watched;
  /** How far the API server's clock is ahead of the true one, and this machine's, ms. */
  readonly clocks = { server: 0, machine: 0 };
  /** Pull requests whose preview somebody has woken. */
  readonly visited = new Set<number>();
  readonly access: ClusterAccess;
  readonly #pace: Clock;
  readonly #gates: Gate[] = [];
  /** When runs that are at work began, ms. */
  readonly #atWork = new Map<Gate, number>();
  readonly #deaf: () => void;

  constructor(settings: Settings, { standIn, access, pace, namespaces, runnerFor, fixed }: World) {
    this.#pace = pace;
    this.standIn = standIn;
    this.access = access;
    this.kubernetes = new KubernetesClient(access, { namespace: 'default' });
    this.repository = new Repository(standIn, nextRepository(), { ...settings, ...fixed }, this.events);
    standIn.played.reviewers.set('preview-fork', 1);
    this.runner = runnerFor(this.repository);
    for (const base of ['main', 'next']) standIn.comparisons.set(`${base}...${this.runner.base}`, 'identical');
    this.watched = new Watched({
      repository: this.repository,
      wrong: this.wrong,
      clocks: this.clocks,
      workloadsIn: namespaces.workloadsIn,
      began: () => Math.min(Date.now(), ...this.#atWork.values()),
    });
    this.#deaf = namespaces.listen((namespace, type) => this.watched.see(namespace, type));
  }

  /** What this machine's clock says, ms. */
  now = (): number => this.#pace.now() + this.clocks.machine;

  async open(fault?: Fault, onCall: (count: number) => void = () => undefined): Promise<Gate> {
    const gate = await Gate.open({
      fault,
      pace: this.#pace,
      access: this.access,
      github: this.standIn.url,
      serverAhead: this.clocks.server,
      machineAhead: this.clocks.machine,
      isOwn: this.watched.isOwn,
      onStarved: () => {
        this.starved = true;
      },
      onCall: (count) => {
        onCall(count);
        this.watched.count();
      },
    });
    this.#gates.push(gate);
    return gate;
  }

  async atWork<T>(gate: Gate, body: () => Promise<T>): Promise<T> {
    this.#atWork.set(gate, Date.now());
    try {
      return await body();
    } finally {
      this.#atWork.delete(gate);
    }
  }

  /** Those that are there, as the API server says now. */
  async previews(): Promise<Preview[]> {
    const { items } = await this.kubernetes.list(NAMESPACE, { labelSelector: previewSelector(this.repository.id) });
    return items.flatMap((item) => previewIn(item) ?? []);
  }

  seen = (): Seen => ({
    repository: this.repository,
    played: this.standIn.played,
    kubernetes: this.kubernetes,
    names: this.watched.names,
    previews: () => this.previews(),
  });

  async end(): Promise<void> {
    this.#deaf();
    for (const gate of this.#gates) gate.close();
    const { items } = await this.kubernetes.list(NAMESPACE, { labelSelector: previewSelector(this.repository.id) });
    for (const { metadata } of items) await this.kubernetes.delete({ ...NAMESPACE, name: metadata.name });
    this.runner.remove();
    await this.kubernetes.close();
  }
}
