import { type Collaborators, type DeployOptions, type DeployOutcome, deploy } from '../../../src/deploy/index.ts';
import { journalName, NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { parseTarget, rollback } from '../../../src/deploy/rollback/index.ts';
import { CancelledError } from '../../../src/interfaces/errors.ts';
import type { HelmRenderOptions } from '../../../src/interfaces/helm.ts';
import type { Log } from '../../../src/interfaces/log.ts';
import { runChecks } from '../../../src/smoke/index.ts';
import type { SmokeCheck } from '../../../src/smoke/model.ts';
import { randomOf } from '../../support/random.ts';
import { MemoryKubernetes } from '../api/client.ts';
import { Store } from '../api/store.ts';
import { renderVersion } from '../app/render.ts';
import { serviceOf, type Version } from '../app/version.ts';
import { MemoryHelm } from '../helm/helm.ts';
import { VirtualClock } from './clock.ts';
import { Controllers } from './controllers.ts';
import { type Hand, lend } from './hands.ts';
import type { Deploy, Options, Rollback } from './history.ts';
import { OPEN, RunLine } from './line.ts';
import { Apps, doorOf } from './programs.ts';
import { type Attempt, Users } from './users.ts';

export const RELEASE = 'app';
const NAME = 'here';
const CHECK = { path: '/', method: 'GET', json: {}, headers: {}, requestHeaders: {} } satisfies Partial<SmokeCheck>;
const LIMIT_MS = 40_000;

/** How a run ended. */
export interface Ended {
  outcome: DeployOutcome | 'killed';
  attempt: Attempt;
  written: readonly string[];
  log: readonly string[];
  /** Its fault came to pass, or a hand did. */
  disturbed: boolean;
}

/** A cluster with one app, and time. */
export class World {
  readonly clock = new VirtualClock();
  readonly store: Store;
  readonly apps: Apps;
  readonly controllers: Controllers;
  readonly users: Users;
  readonly versions = new Map<string, Version>();
  readonly #random: () => number;
  readonly #outside: MemoryHelm;
  #runs = 0;

  constructor(seed: number, { frozen }: { frozen: boolean }) {
    this.#random = randomOf(seed);
    this.store = new Store(() => this.clock.now(), { frozen });
    this.apps = new Apps(this.store, this.clock);
    this.controllers = new Controllers(this.store, this.clock, this.apps);
    this.users = new Users(this.store, this.clock, this.apps, { versions: this.versions, journal: journalName(RELEASE) });
    this.store.create({ ...NAMESPACE, kind: 'Namespace', metadata: { name: NAME } }, { manager: 'kubectl' });
    const kubernetes = new MemoryKubernetes(this.store, OPEN, { namespace: NAME });
    this.#outside = new MemoryHelm({ kubernetes, clock: this.clock, render: (options) => this.#render(options) });
  }

  get namespace(): string {
    return NAME;
  }

  deploy(version: Version, event: Pick<Deploy, 'options' | 'fault' | 'meanwhile'>): Promise<Ended> {
    this.versions.set(version.name, version);
    return this.#run(event, version.name, (outside, common, signal) => deploy({ ...common, ...deployOptions(version) }, outside, signal));
  }

  rollback(event: Omit<Rollback, 'kind'>): Promise<Ended> {
    const to = parseTarget(event.to);
    if (!to) throw new Error(`"${event.to}" names no version`);
    return this.#run(event, undefined, (outside, common, signal) =>
      rollback(
        { ...common, to, toText: event.to, allowIrreversible: false, dryRun: false },
        { ...outside, digestOf: async () => undefined },
        signal,
      ),
    );
  }

  lend = (hand: Hand): Promise<string | undefined> =>
    lend({ release: RELEASE, store: this.store, clock: this.clock, users: this.users, helm: this.#outside }, hand);

  async #run(
    { options, fault, meanwhile }: Pick<Deploy, 'options' | 'fault' | 'meanwhile'>,
    version: string | undefined,
    body: (outside: Collaborators, common: Common, signal: AbortSignal) => Promise<DeployOutcome>,
  ): Promise<Ended> {
    const holder = `run-${++this.#runs}`;
    const attempt: Attempt = {
      holder,
      version,
      startedAt: this.clock.now(),
      bakeMs: options.bakeMs,
      state: 'running',
      proved: false,
      leaving: false,
      keepOld: options.keepOld,
    };
    this.users.attempts.push(attempt);
    const cancel = new AbortController();
    const lines: string[] = [];
    const line = new RunLine(this.clock, this.#random, {
      fault,
      cancel: () => cancel.abort(new CancelledError('Cancelled by SIGINT')),
      onWrite: (count) => {
        if (count === meanwhile?.write) void this.lend(meanwhile.hand).then((what) => what && lines.push(`! a person: ${what}`));
      },
    });
    const outside = this.#collaborators(line, lines);
    const who = { repository: 'acme/app', runUrl: `https://example.com/${holder}`, actor: 'ada', holder };
    const common = { ...options, release: RELEASE, timeoutMs: LIMIT_MS, who };
    const outcome = await Promise.race([body(outside, common, cancel.signal), line.killed]);
    const disturbed = line.met || this.users.handSince(attempt.startedAt);
    this.#end(attempt, outcome, disturbed);
    return { outcome, attempt, written: line.written, log: lines, disturbed };
  }

  /** What a disturbed run could not put right waits for the next one. */
  #end(attempt: Attempt, outcome: Ended['outcome'], disturbed: boolean): void {
    if (outcome === 'killed') attempt.state = 'killed';
    else attempt.state = disturbed && outcome.status === 'failed' ? 'killed' : 'ended';
    if (outcome === 'killed' || disturbed) return;
    if (outcome.report.steps.some(({ name, result }) => name === 'heal' && result !== 'failed')) this.users.healed(attempt);
    // What a hand took away comes back with a version that is brought up.
    if (outcome.status === 'deployed') this.users.restored(attempt);
  }

  #collaborators(line: RunLine, lines: string[]): Collaborators {
    const kubernetes = new MemoryKubernetes(this.store, line, { namespace: NAME, manager: 'node' });
    const { clock } = line;
    const say = (text: string): void => void lines.push(text);
    const group: Log['group'] = (title, body) => {
      say(`# ${title}`);
      return body();
    };
    const log: Log = { info: say, debug: say, notice: say, warning: say, error: say, group };
    const http = this.apps;
    return {
      kubernetes,
      helm: new MemoryHelm({ kubernetes, clock, render: (options) => this.#render(options) }),
      http,
      clock,
      log,
      runChecks: (options) => runChecks({ ...options, http, clock, log }),
      ancestry: async () => 'unknown',
      imageExists: async () => 'unknown',
      resolves: async () => true,
      connects: async () => true,
      serverHost: '',
    };
  }

  #render({ values }: HelmRenderOptions) {
    const version = this.versions.get(values.inline ?? '');
    if (!version) throw new Error(`No version ${values.inline}`);
    return renderVersion(version, RELEASE, NAME);
  }
}

type Common = Options & Pick<DeployOptions, 'release' | 'timeoutMs' | 'who'>;

function deployOptions(version: Version): Omit<DeployOptions, keyof Common> {
  const web = serviceOf('web', version.web) ?? '';
  const api = version.api.role === 'stable' ? serviceOf('api', version.api) : undefined;
  return {
    chart: 'app',
    values: { files: [], inline: version.name },
    version: version.name,
    images: [],
    secrets: [],
    shared: [],
    stack: 'own',
    imagePullSecrets: [],
    allowOlder: false,
    adopt: true,
    dryRun: false,
    url: doorOf(web),
    smoke: [
      { ...CHECK, name: 'web', service: { name: web } },
      ...(api ? [{ ...CHECK, name: 'api', service: { name: api } }] : []),
      { ...CHECK, name: 'front door', url: doorOf(web) },
    ],
  };
}
