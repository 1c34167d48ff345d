import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProof } from '../../../src/backup/index.ts';
import { type Collaborators, type DeployOptions, type DeployOutcome, deploy, type TakeBackup, toPlain } from '../../../src/deploy/index.ts';
import { LEASE, leaseName, NAMESPACE, POD, SERVICE, selects } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import { type RemoveOptions, type RemoveOutcome, remove } from '../../../src/deploy/remove/index.ts';
import { parseTarget, rollback } from '../../../src/deploy/rollback/index.ts';
import type { RollbackOptions } from '../../../src/deploy/rollback/options.ts';
import { JournalStore } from '../../../src/deploy/state/journal-store.ts';
import type { Journal } from '../../../src/deploy/state/model.ts';
import type { Attestations } from '../../../src/interfaces/attestations.ts';
import type { HelmValues } from '../../../src/interfaces/helm.ts';
import type { ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Log } from '../../../src/interfaces/log.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { State } from '../../../src/runtime/state.ts';
import { TempFiles } from '../../../src/runtime/temp.ts';
import { runChecks } from '../../../src/smoke/index.ts';
import type { SmokeCheck } from '../../../src/smoke/model.ts';
import type { Color } from '../../../src/split/model.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../../src/tools/kubernetes/load.ts';
import { access, deployer, ROOT, runner } from './api.ts';
import { Controllers, DEPLOYMENT } from './controllers.ts';
import type { LossyWay } from './lossy.ts';
import { Apps, kubelet } from './pods.ts';
import { StatefulSets } from './stateful-sets.ts';
import { type Fault, type Interlude, Wire } from './wire.ts';

export const RELEASE = 'small';
const CHECK = { path: '/', method: 'GET', json: {}, headers: {}, requestHeaders: {} } satisfies Partial<SmokeCheck>;

/** What a run was, for whoever looks at it. */
export interface Ended<Outcome = DeployOutcome> {
  outcome: Outcome | 'killed';
  written: string[];
  story: string[];
  log: string[];
}

/** The app of test/charts/small in a namespace of its own, its pods played. */
export class App {
  readonly namespace: string;
  readonly kubernetes: KubernetesClient;
  readonly apps: Apps;
  /** The version of each run that wrote, a row a write. */
  readonly order: string[] = [];
  /** The way that Helm's own requests take, where some of them get lost. */
  helmWay: LossyWay | undefined;
  /** What stands beside images, where a test demands it. */
  attestations: Attestations | undefined;
  /** How backups are taken, where a test wants them. */
  takeBackup: TakeBackup | undefined;
  /** Whom runs act as. */
  as: ClusterAccess = deployer;
  readonly #folder: string;
  readonly #controllers: Controllers;
  readonly #stateful: StatefulSets;
  #door = '';
  #interlude: Interlude | undefined;

  private constructor(namespace: string) {
    this.namespace = namespace;
    this.kubernetes = new KubernetesClient(access, { namespace });
    this.apps = new Apps(this.kubernetes);
    this.#controllers = new Controllers(this.kubernetes, kubelet);
    this.#stateful = new StatefulSets(this.kubernetes, kubelet);
    this.#folder = mkdtempSync(join(tmpdir(), `${namespace}-`));
  }

  static create = (name: string): Promise<App> => App.createIn({ name: `${name}-${randomUUID().slice(0, 8)}` });

  /** In a namespace that is made by its metadata. */
  static async createIn(metadata: ObjectMeta): Promise<App> {
    const app = new App(metadata.name);
    await app.kubernetes.create({ ...NAMESPACE, metadata });
    app.#door = await app.apps.open();
    app.#controllers.start();
    app.#stateful.start();
    return app;
  }

  /** One whose namespace nobody made: for plans. */
  static async absent(name: string): Promise<App> {
    return new App(`${name}-${randomUUID().slice(0, 8)}`);
  }

  /** For whoever deletes the namespace: they know nothing of one that ends. */
  async stopControllers(): Promise<void> {
    await Promise.all([this.#controllers.stop(), this.#stateful.stop()]);
  }

  async remove(): Promise<void> {
    this.apps.close();
    await this.stopControllers();
    await this.kubernetes.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One run of the real thing, over a client that may be cut. */
  deploy(version: string, fault?: Fault, more: Partial<DeployOptions> = {}): Promise<Ended> {
    return this.#run(version, fault, (outside, signal) => deploy({ ...this.#options(version), ...more }, outside, signal));
  }

  rollback(toText: string, fault?: Fault, more: Partial<RollbackOptions> = {}): Promise<Ended> {
    const { smoke: _, ...options } = this.#options(`rollback to ${toText}`);
    const to = parseTarget(toText);
    if (!to) throw new Error(`"${toText}" names no version`);
    const wanted = { ...options, to, toText, allowIrreversible: false, ...more };
    return this.#run(toText, fault, (outside, signal) =>
      rollback(wanted, { ...outside, digestOf: async () => undefined, drilled: this.#drilled }, signal),
    );
  }

  readonly #drilled = async (backup: string): Promise<boolean> => (await readProof(this.kubernetes, RELEASE))?.backup === backup;

  /** The way back to plain Helm; `smoke` over the recorded checks. */
  toPlain(fault?: Fault, smoke?: DeployOptions['smoke']): Promise<Ended> {
    const { release, timeoutMs, bakeMs, drainMs, who } = this.#options('plain');
    const options = { release, timeoutMs, bakeMs, drainMs, who, smoke, dryRun: false };
    return this.#run('plain', fault, (outside, signal) => toPlain(options, outside, signal));
  }

  /** The removal of the app, by an administrator: it needs rights that no deploy has. Errors: those of `remove`. */
  takeAway(more: Partial<RemoveOptions> = {}, fault?: Fault): Promise<Ended<RemoveOutcome>> {
    const { who } = this.#options('removal');
    const options = { release: RELEASE, claims: false, secrets: false, timeoutMs: 60_000, dryRun: false, who, ...more };
    return this.#run('removal', fault, (outside, signal) => remove(options, { ...outside, signal }), access);
  }

  /** A run that something happens to in one of its phases. */
  async interrupted<T>(interlude: Interlude, run: () => Promise<T>): Promise<T> {
    this.#interlude = interlude;
    try {
      return await run();
    } finally {
      this.#interlude = undefined;
    }
  }

  /** Whatever else is made of a deploy: what it is given of this version, and what it works with; by an administrator, or as somebody else. */
  async with<T>(
    version: string,
    body: (options: DeployOptions, outside: Collaborators, client: KubernetesClient) => Promise<T>,
    as = access,
  ): Promise<T> {
    const client = new KubernetesClient(as, { namespace: this.namespace });
    try {
      return await body(this.#options(version), this.#outside(client, client, new Wire(undefined, () => undefined), []), client);
    } finally {
      await client.close();
    }
  }

  async #run<Outcome>(
    version: string,
    fault: Fault | undefined,
    body: (outside: Collaborators, signal: AbortSignal) => Promise<Outcome>,
    as = this.as,
  ): Promise<Ended<Outcome>> {
    const log: string[] = [];
    const wire = new Wire(fault, () => void this.order.push(version), this.#interlude);
    const onHiccup = (line: string): void => void log.push(line);
    const client = new KubernetesClient(as, { namespace: this.namespace, onHiccup });
    const helms = this.helmWay ? new KubernetesClient(this.helmWay.access, { namespace: this.namespace }) : client;
    const running = body(this.#outside(client, helms, wire, log), new AbortController().signal);
    try {
      const outcome = await Promise.race([running, wire.killed]);
      await wire.settled();
      return { outcome, written: wire.written, story: wire.story, log };
    } finally {
      await Promise.all([client.close(), helms.close()]);
    }
  }

  /** The chart's values for a version, and what a test switches on. */
  values = (version: string, more: Readonly<Record<string, unknown>> = {}): HelmValues => ({
    files: [],
    inline: JSON.stringify({ image: { repository: 'registry.example/app', tag: version }, ...more }),
  });

  #options(version: string): DeployOptions {
    return {
      release: RELEASE,
      chart: join(ROOT, 'test/charts/small'),
      values: this.values(version),
      version,
      images: [],
      secrets: [],
      shared: [],
      stack: 'own',
      imagePullSecrets: [],
      allowOlder: false,
      adopt: true,
      dryRun: false,
      smoke: [
        { ...CHECK, name: 'pod', service: { name: `${RELEASE}-web` } },
        { ...CHECK, name: 'front door', url: this.#door },
      ],
      timeoutMs: 60_000,
      bakeMs: 0,
      drainMs: 0,
      keepOld: 'zero',
      who: { repository: 'acme/small', runUrl: `https://example.com/${version}`, actor: 'ada', holder: randomUUID() },
    };
  }

  #outside(client: KubernetesClient, { relay }: KubernetesClient, wire: Wire, lines: string[]): Collaborators {
    const kubernetes = wire.kubernetes(this.#withPods(client));
    const say = (text: string): void => void lines.push(text);
    const group: Log['group'] = (title, body) => {
      say(`# ${title}`);
      return body();
    };
    const log: Log = { info: say, debug: say, notice: say, warning: say, error: say, group };
    const files = new TempFiles(this.#folder, new State({}));
    const helm = wire.helm(new HelmCli({ runner, helmPath: 'helm', kubernetes: client, relay, files, namespace: this.namespace }));
    const clock = wire.clock(systemClock);
    const http = new UndiciHttp();
    return {
      kubernetes,
      helm,
      http,
      clock,
      log,
      runChecks: (options) => runChecks({ ...options, http, clock, log }),
      ancestry: async () => 'unknown',
      imageExists: async () => 'unknown',
      resolves: async () => true,
      connects: async () => true,
      serverHost: '',
      attestations: this.attestations,
      takeBackup: this.takeBackup,
    };
  }

  /** A port-forward ends at a kubelet, and there is none. */
  #withPods(client: KubernetesClient): KubernetesClient {
    client.portForward = (pod) => this.apps.forward(pod);
    return client;
  }

  /** A killed run shows no sign of life: for how long that is watched is made short. */
  async letLeaseExpire(): Promise<void> {
    const lease = await this.kubernetes.get({ ...LEASE, name: leaseName(RELEASE) });
    if (!lease?.spec?.holderIdentity) return;
    const spec = { leaseDurationSeconds: 1 };
    await this.kubernetes.patch({ ...LEASE, name: leaseName(RELEASE) }, { spec }, { type: 'merge' });
  }

  async journal(): Promise<Journal> {
    return (await JournalStore.open(this.kubernetes, RELEASE)).journal;
  }

  async selector(): Promise<Record<string, string> | undefined> {
    return (await this.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` }))?.spec?.selector;
  }

  async replicas(color: Color): Promise<number | undefined> {
    return (await this.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-${color}` }))?.spec?.replicas;
  }

  /** The ready pods that users reach. */
  async serving(): Promise<Pod[]> {
    const [selector, { items }] = await Promise.all([this.selector(), this.kubernetes.list(POD)]);
    return items.filter((pod) => selects(selector, pod.metadata.labels) && isReady(pod));
  }
}
