import { LEASE, leaseName, NAMESPACE } from '../../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { isExpired, type Preview, previewIn, previewSelector } from '../../../../src/preview/model/index.ts';
import { REPOSITORY_LABEL } from '../../../../src/preview/model/marks.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../../../src/tools/kubernetes/load.ts';
import { lie } from '../../../support/github/lies.ts';
import type { GitHubStandIn } from '../../../support/github/server.ts';
import { RELEASE } from './app.ts';
import { type Fault, Gate } from './gate.ts';
import type { Acted, History } from './history.ts';
import { leaksIn, type Seen, strayIn } from './judge.ts';
import type { Listener } from './kubelets.ts';
import { Repository, type Sent } from './repository.ts';
import type { Ended, Runner } from './run.ts';

const DAY = 86_400_000;
let repositories = Math.floor(Date.now() / 1000) % 1_000_000_000;

/** Where a history is played. */
export interface World {
  standIn: GitHubStandIn;
  access: ClusterAccess;
  /** Namespaces of previews as they come and go, and how many workloads are in each. */
  namespaces: { listen(listener: Listener): () => void; workloadsIn(uid: string): number };
  runnerFor(repository: Repository): Runner;
}

type Disturbed = Partial<Pick<Acted, 'fault' | 'post' | 'meanwhile'>>;

/** Plays a history: what happened, line by line, and what should not have. */
export async function play(history: History, world: World): Promise<{ story: string[]; wrong: string[] }> {
  const game = new Game(history, world);
  try {
    await game.play(history);
  } finally {
    await game.end();
  }
  return game;
}

class Game {
  readonly story: string[] = [];
  readonly wrong: string[] = [];
  readonly #standIn: GitHubStandIn;
  readonly #world: World;
  readonly #repository: Repository;
  readonly #runner: Runner;
  readonly #kubernetes: KubernetesClient;
  readonly #gates: Gate[] = [];
  /** When runs that are at work began, ms. */
  readonly #atWork = new Map<Gate, number>();
  /** Of each pull request: its last run, and whether something disturbed it. */
  readonly #last = new Map<number, { ended: Ended; clean: boolean }>();
  /** Namespaces by uid, as they are. */
  readonly #live = new Map<string, Preview>();
  readonly #ending = new Set<string>();
  readonly #names = new Set<string>();
  readonly #deaf: () => void;
  /** Of two that come up at once both may wait. */
  #together = false;
  #serverAhead = 0;
  #machineAhead = 0;

  constructor({ settings }: History, world: World) {
    this.#world = world;
    this.#standIn = world.standIn;
    this.#kubernetes = new KubernetesClient(world.access, { namespace: 'default' });
    this.#repository = new Repository(world.standIn, ++repositories, settings);
    this.#runner = world.runnerFor(this.#repository);
    this.#deaf = world.namespaces.listen((namespace, type) => this.#see(namespace, type));
  }

  async play({ steps }: History): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'act') await this.#act(step);
      else if (step.kind === 'two') await this.#both(step.acts);
      else if (step.kind === 'again') await this.#again(step.pull, step.back);
      else if (step.kind === 'janitor') await this.#pass(step.fault, step.lies);
      else {
        this.#serverAhead += step.days * DAY;
        this.#machineAhead = this.#serverAhead + step.skewDays * DAY;
        this.story.push(`${step.days} days go by; this machine's clock is ${step.skewDays} days off`);
      }
    }
    await this.#finish();
  }

  async end(): Promise<void> {
    this.#deaf();
    for (const gate of this.#gates) gate.close();
    const { items } = await this.#kubernetes.list(NAMESPACE, { labelSelector: previewSelector(this.#repository.id) });
    for (const { metadata } of items) await this.#kubernetes.delete({ ...NAMESPACE, name: metadata.name });
    this.#runner.remove();
    await this.#kubernetes.close();
  }

  async #act(acted: Acted): Promise<void> {
    const number = this.#repository.numberOf(acted.pull);
    const sent = this.#repository.act(number, acted.change);
    if (sent === undefined) return;
    this.story.push(`${number}: ${acted.change}${acted.lost ? ', and its event is lost' : ''}`);
    if (acted.lost) this.#last.delete(number);
    else await this.#deliver(sent, acted);
  }

  /** Runs of one pull request never come side by side: their workflow says so. */
  async #both([one, other]: readonly [Acted, Acted]): Promise<void> {
    if (one.pull === other.pull) {
      await this.#act(one);
      await this.#act(other);
    } else {
      this.#together = true;
      await Promise.all([this.#act(one), this.#act(other)]);
      this.#together = false;
    }
  }

  async #again(pull: number, back: number): Promise<void> {
    const sent = this.#repository.earlier(this.#repository.numberOf(pull), back);
    if (sent === undefined) return;
    this.story.push(`${sent.number}: the job of ${sent.head.slice(0, 7)} is run again`);
    await this.#deliver(sent, {});
  }

  async #deliver(sent: Sent, { fault, post, meanwhile }: Disturbed): Promise<void> {
    const { number } = sent;
    let next: Sent | undefined;
    const before = this.#repository.pull(number);
    const gate = await this.#open(fault, (count) => {
      if (count !== meanwhile?.call) return;
      next = this.#repository.act(number, meanwhile.change) ?? next;
      this.story.push(`${number}: ${meanwhile.change}, at call ${count} of the run`);
    });
    const ended = await this.#atWorkWith(gate, () => this.#runner.preview(gate, sent));
    const said = typeof ended.how === 'string' ? ended.how : `red (${ended.how.error.slice(0, 200)})`;
    const met = fault && gate.met ? `, ${fault.kind} call ${fault.call} (${gate.story[fault.call - 1]})` : '';
    this.story.push(
      `${number}: run for ${sent.head.slice(0, 7)}: ${said}, ${ended.outputs.state ?? 'no state'}, ${gate.story.length} calls${met}`,
    );
    const clean = !gate.met && next === undefined;
    this.#last.set(number, { ended, clean });
    if (ended.how === 'killed') await this.#afterKill(sent, ended, post ?? false);
    else gate.close();
    if (clean && before?.head === sent.head) this.#judge(number, sent, ended);
    if (next) await this.#deliver(next, {});
  }

  async #afterKill(sent: Sent, ended: Ended, post: boolean): Promise<void> {
    // It shows no sign of life: for how long that is watched is made short.
    for (const { namespace } of this.#live.values()) {
      const lease = { ...LEASE, name: leaseName(RELEASE), namespace };
      const live = await this.#kubernetes.get(lease);
      if (!live?.spec?.holderIdentity) continue;
      await this.#kubernetes.patch(lease, { spec: { leaseDurationSeconds: 1 } }, { type: 'merge' }).catch(unlessGone);
    }
    if (!post) return;
    const gate = await this.#open(undefined);
    const { how } = await this.#atWorkWith(gate, () => this.#runner.afterPreview(gate, sent, ended));
    gate.close();
    this.story.push(`${sent.number}: its post step: ${typeof how === 'string' ? how : how.error.slice(0, 200)}`);
  }

  async #pass(fault: Fault | undefined, lies: readonly number[]): Promise<void> {
    this.#standIn.next.push(...lies.map((index) => lie(index, this.#standIn.played)));
    const gate = await this.#open(fault);
    const { how, outputs } = await this.#atWorkWith(gate, () => this.#runner.janitor(gate));
    this.#standIn.next.length = 0;
    if (how !== 'killed') gate.close();
    else await this.#afterKill({ number: 0 } as Sent, { how, outputs, log: [], holder: '' }, false);
    const said = typeof how === 'string' ? how : `red (${how.error.slice(0, 300)})`;
    this.story.push(`janitor${lies.length > 0 ? ' among lies' : ''}: ${said}; removed: ${outputs.removed ?? ''}`.trim());
    if (!gate.met && how !== 'green') this.wrong.push(`A pass was not green: ${said}`);
  }

  /** Whatever happened: after one pass nothing is left over; after one more run each pull request is as its people want it. */
  async #finish(): Promise<void> {
    this.#machineAhead = this.#serverAhead;
    await this.#pass(undefined, []);
    this.wrong.push(...(await leaksIn(this.#seen())).map((leak) => `After a pass: ${leak}`));
    for (const number of this.#repository.numbers) {
      const isOver = !this.#repository.pull(number)?.isOpen;
      if (!isOver) await this.#deliver(this.#repository.send(number, 'synchronize'), {});
    }
    await this.#pass(undefined, []);
    const seen = this.#seen();
    this.wrong.push(...(await leaksIn(seen)), ...(await strayIn(seen, this.#last)), ...this.#standIn.violations);
  }

  #seen = (): Seen => ({
    repository: this.#repository,
    played: this.#standIn.played,
    kubernetes: this.#kubernetes,
    names: this.#names,
  });

  async #open(fault: Fault | undefined, onCall: (count: number) => void = () => undefined): Promise<Gate> {
    const gate = await Gate.open({
      fault,
      access: this.#world.access,
      github: this.#standIn.url,
      serverAhead: this.#serverAhead,
      machineAhead: this.#machineAhead,
      isOwn: (namespace) => this.#isOwn(namespace),
      onCall: (count) => {
        onCall(count);
        this.#count();
      },
    });
    this.#gates.push(gate);
    return gate;
  }

  async #atWorkWith<T>(gate: Gate, body: () => Promise<T>): Promise<T> {
    this.#atWork.set(gate, Date.now());
    try {
      return await body();
    } finally {
      this.#atWork.delete(gate);
    }
  }

  #isOwn = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[REPOSITORY_LABEL] === String(this.#repository.id);

  #count(): void {
    const { max } = this.#repository.settings;
    const there = [...this.#live.values()].filter(({ uid }) => this.#world.namespaces.workloadsIn(uid) > 0);
    if (there.length > max)
      this.wrong.push(`${there.length} previews at once, ${max} are allowed: ${there.map(({ namespace }) => namespace)}`);
  }

  #see(namespace: KubernetesObject, type: 'ADDED' | 'MODIFIED' | 'DELETED'): void {
    if (!this.#isOwn(namespace)) return;
    const preview = previewIn(namespace);
    if (preview === undefined) return void this.wrong.push(`Namespace ${namespace.metadata.name} has lost its marks`);
    this.#names.add(preview.namespace);
    if (preview.ending && !this.#ending.has(preview.uid)) this.#judgeEnd(this.#live.get(preview.uid) ?? preview);
    if (preview.ending) this.#ending.add(preview.uid);
    if (type === 'DELETED') this.#live.delete(preview.uid);
    else this.#live.set(preview.uid, preview);
  }

  /** Only what nobody asks for goes, as far as whoever takes it down can know. */
  #judgeEnd(preview: Preview): void {
    const began = Math.min(Date.now(), ...this.#atWork.values());
    const { number } = preview.key;
    if (!this.#repository.wantedSince(number, began) || preview.head === undefined) return;
    if (isExpired(preview, [Date.now() + this.#machineAhead, Date.now() + this.#serverAhead])) return;
    this.wrong.push(`The preview of ${number} was wanted, and is taken down`);
  }

  /** What a run that nothing disturbed must have come to. */
  #judge(number: number, { quality }: Sent, { how, outputs }: Ended): void {
    const { want } = this.#repository.desired(number);
    const others = [...this.#live.values()].filter(({ key }) => key.number !== number).length;
    const mayWait = this.#together || others >= this.#repository.settings.max;
    const wanted = want === 'down' ? ['gone'] : [quality === 'good' ? 'up' : 'failed', ...(mayWait ? ['waiting'] : [])];
    const { state = '' } = outputs;
    const isGreen = how === 'green';
    if (wanted.includes(state) && isGreen === (state !== 'failed')) return;
    this.wrong.push(`The run of ${number} came to "${state}" (${JSON.stringify(how)}), not to ${wanted.join(' or ')}`);
  }
}

const unlessGone = (error: unknown): void => {
  if (!(error instanceof HttpError) || error.status !== 404) throw error;
};
