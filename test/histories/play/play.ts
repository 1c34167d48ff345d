import { SERVICE } from '../../../src/deploy/kube/names.ts';
import { splitChart } from '../../../src/split/index.ts';
import type { Color } from '../../../src/split/model.ts';
import { renderVersion } from '../app/render.ts';
import { qualityOf, type Version } from '../app/version.ts';
import { disagreements } from './agreement.ts';
import type { Content, Deploy, Event, History, Options, Rollback } from './history.ts';
import { tell, tellRun } from './story.ts';
import { type Ended, RELEASE, World } from './world.ts';

/** What a history came to. */
export interface Played {
  /** A line or more per event. */
  story: string[];
  /** What should not have been; empty where all was well. */
  wrong: string[];
  runs: number;
}

const PLAIN: Options = { keepOld: 'zero', bakeMs: 0, drainMs: 0 };
const COMPONENT = { role: 'stable', renamed: false, port: 80, replicas: 1, autoscaled: false } as const;
/** What every history ends with; no claim of it is too small. */
const LAST: Content = {
  quality: 'good',
  web: { ...COMPONENT, autoscaled: true },
  api: COMPONENT,
  cron: true,
  job: 'image',
  claim: 9,
  settings: 2,
  hook: false,
  test: false,
};
const SERVICES = ['web', 'web2', 'api', 'api2'];
/** For what was begun to come to its end. */
const CALM_MS = 4_000;

/** Plays a history, and a good deploy after it that must put everything right. */
export async function play({ seed, events }: History, { frozen = false, logs = false } = {}): Promise<Played> {
  const player = new Player(new World(seed, { frozen }), logs);
  for (const event of events) {
    await player.event(event);
    if (player.wrong.length > 0) return player;
  }
  await player.event({ kind: 'deploy', content: LAST, options: PLAIN, fault: undefined, meanwhile: undefined }, true);
  return player;
}

/** Whether there is no version to go back to, by what the run itself said. */
const isAlone = (message = ''): boolean => /nothing to roll back to|There is no version|No version/.test(message);

/** Whether a person has uninstalled what a version could come back from: nothing else knows it. */
const isLost = (message = ''): boolean => /Helm no longer has its record/.test(message);

class Player implements Played {
  readonly story: string[] = [];
  readonly wrong: string[] = [];
  runs = 0;
  readonly #world: World;
  readonly #logs: boolean;
  #names = 0;
  /** The largest claim that a version had, Gi. */
  #claim = 0;
  /** A person took records away: a version may be gone. */
  #uninstalled = false;

  constructor(world: World, logs: boolean) {
    this.#world = world;
    this.#logs = logs;
  }

  async event(event: Event, last = false): Promise<void> {
    const { clock } = this.#world;
    switch (event.kind) {
      case 'load':
        this.#world.controllers.load = event.pods;
        this.story.push(`Users ask for ${event.pods} pods of what scales`);
        return;
      case 'hand': {
        const done = await clock.until(this.#world.lend(event.hand));
        if (done?.startsWith('helm uninstall')) this.#recordsGone();
        this.story.push(done === undefined ? `(a person would ${event.hand}, and there is nothing to do it to)` : `A person: ${done}`);
        await clock.pass(CALM_MS);
        return;
      }
      case 'two': {
        const runs = event.runs.map((run) => this.#start(run));
        await clock.until(Promise.all(runs.map(({ ended }) => ended)));
        for (const { title, ended, version } of runs) await this.#judge(title, await ended, version, last, true);
        return;
      }
      default: {
        const { title, ended, version } = this.#start(event);
        await this.#judge(title, await clock.until(ended), version, last, false);
      }
    }
  }

  #start(event: Deploy | Rollback): { title: string; ended: Promise<Ended>; version: Version | undefined } {
    this.runs += 1;
    if (event.kind === 'rollback') return { title: tell(event), ended: this.#world.rollback(event), version: undefined };
    this.#claim = Math.max(this.#claim, event.content.claim);
    const version: Version = { ...event.content, name: `v${++this.#names}-${event.content.quality}` };
    return { title: tell(event, version), ended: this.#world.deploy(version, event), version };
  }

  async #judge(title: string, ended: Ended, version: Version | undefined, last: boolean, beside: boolean): Promise<void> {
    const { outcome } = ended;
    this.story.push(`${title}: ${tellRun(ended)}`);
    if (this.#logs) this.story.push(...ended.log.map((line) => `      ${line}`));
    await this.#world.clock.pass(CALM_MS);
    if (ended.log.some((line) => line.includes('a person: helm uninstall'))) this.#recordsGone();
    // A base that a person uninstalled cannot come back with the version that had it, nor what of it users reached: that is said.
    const baseLost =
      this.#uninstalled &&
      ((outcome !== 'killed' && outcome.report.notes.some((note) => note.includes('is no longer recorded'))) ||
        this.#world.users.cameBackBaseless());
    if (baseLost) this.#world.users.forgive(SERVICES);
    for (const service of SERVICES) this.#world.users.look(service, 'afterwards');
    this.wrong.push(...this.#world.users.seen);
    if (outcome === 'killed') return;
    const { status, failureReason, error } = outcome;
    const red = status !== 'deployed' && status !== 'unchanged' && status !== 'superseded';
    if (!ended.disturbed && red && this.#mustSucceed(version, ended, beside))
      this.wrong.push(`nothing was in its way, and it is ${status} (${failureReason}): ${error?.message}`);
    if (status === 'deployed' && version?.quality !== undefined && !['good', 'tires'].includes(version.quality))
      this.wrong.push(`it is deployed, and it does not work`);
    if (status === 'deployed' && !ended.disturbed && !beside && !baseLost) this.#agree(ended);
    if (last && status !== 'deployed' && this.wrong.length === 0)
      this.wrong.push(`the last version is ${status} (${failureReason}): ${error?.message}`);
  }

  #recordsGone(): void {
    this.#uninstalled = true;
    this.#world.users.loseBases();
  }

  /** Whether a run that nothing disturbed has to bring its version. */
  #mustSucceed(version: Version | undefined, { outcome }: Ended, beside: boolean): boolean {
    if (outcome === 'killed' || qualityOf(outcome.wanted) !== 'good') return false;
    const { failureReason: reason, error } = outcome;
    // Another run is at work, or its Job still is.
    if (beside && (reason === 'locked' || error?.message.includes('still runs'))) return false;
    // It would lead users of a Service to two versions, and says what to do instead.
    if (error?.message.includes('leads to pods that both versions share from now on')) return false;
    if (version === undefined)
      return !(reason === 'configuration' && (isAlone(error?.message) || (this.#uninstalled && isLost(error?.message))));
    // The API server refuses a claim that shrinks, before anything is touched.
    return !(reason === 'immutable-field' && version.claim < this.#claim);
  }

  #agree({ attempt }: Ended): void {
    const { store, users, versions } = this.#world;
    const journal = users.journal();
    const newest = journal?.history[0];
    const version = versions.get(newest?.version ?? '');
    if (!newest || !version) {
      this.wrong.push('the journal names no version that there is');
      return;
    }
    // One that works for a while alone fails the checks that follow the end of the base.
    if (version.quality !== 'good') return;
    const objects = [...store.all()];
    const wanted = this.#splitOf(version, newest.color);
    const rolledBack = newest.rollback !== undefined;
    const keepOld = attempt.keepOld;
    const found = disagreements({
      release: RELEASE,
      journal,
      objects,
      wanted,
      version: version.name,
      color: newest.color,
      rolledBack,
      keepOld,
    });
    const stays = (one: string) =>
      // What may hold data is not removed on the word of nobody.
      (this.#uninstalled && /^PersistentVolumeClaim\/\S+ of the base is left over$/.test(one)) ||
      // A version that failed enlarged it, and a claim cannot shrink: the way back has said so.
      (version.claim < this.#claim && /^PersistentVolumeClaim\/\S+ of the base differs at spec\.resources\.requests\.storage /.test(one));
    this.wrong.push(...found.filter((one) => !stays(one)).map((one) => `afterwards ${one}`));
  }

  #splitOf(version: Version, color: Color) {
    const { store, namespace } = this.#world;
    const render = renderVersion(version, RELEASE, namespace);
    const ips = Object.fromEntries(
      SERVICES.flatMap((name) => {
        const ip = store.get({ ...SERVICE, name: `${name}-${color}` })?.spec?.clusterIP;
        return ip === undefined ? [] : [[name, ip]];
      }),
    );
    return splitChart({
      release: RELEASE,
      namespace,
      color,
      chart: render.chart,
      manifest: render.manifest,
      hooks: render.hooks,
      images: [],
      shared: [],
      stack: 'own',
      version: version.name,
      firstDeploy: false,
      imagePullSecrets: [],
      colorServiceIPs: ips,
    });
  }
}
