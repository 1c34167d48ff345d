import { LEASE, leaseName } from '../../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import { RELEASE } from './app.ts';
import { judgeTick, lookAt } from './boxes.ts';
import type { Sent } from './events.ts';
import type { Box, Change, Disturbance } from './history.ts';
import type { Ended } from './run.ts';
import type { Stage } from './stage.ts';

/** What a run came to, and whether nothing disturbed it. */
export interface Outcome {
  ended: Ended;
  clean: boolean;
}

const UNDISTURBED: Partial<Disturbance> = {};

/** Runs of the workflows of one history. */
export class Runs {
  /** Of each pull request: its last run that was about its state. */
  readonly last = new Map<number, Outcome>();
  /** Of two that come up at once both may wait. */
  together = false;
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A fork's commit waits until somebody lets it through. */
  async deliver(sent: Sent, disturbed: Partial<Disturbance> = UNDISTURBED, approved = true): Promise<void> {
    if (sent.event === 'workflow_run') await this.#deliverFork(sent, disturbed, approved);
    else if (sent.ticked) await this.#deliverTick(sent, disturbed);
    else await this.#deliverOwn(sent, disturbed);
  }

  async #deliverFork(sent: Sent, disturbed: Partial<Disturbance>, approved: boolean): Promise<void> {
    const { runner, repository, story, wrong } = this.#stage;
    const gate = await this.#stage.open();
    const { how, outputs } = await this.#stage.atWork(gate, () => runner.plan(gate, sent));
    gate.close();
    const { want = '' } = outputs;
    story.push(`${sent.number}: of a fork, ${sent.head.slice(0, 7)}: wanted: ${want}${approved ? '' : ', nobody lets it through'}`);
    if (how !== 'green') wrong.push(`The plan for ${sent.number} is ${JSON.stringify(how)}`);
    if (want !== 'down' && !(want === 'up' && approved)) return;
    if (want === 'up') repository.approve(sent.number, sent.head);
    const head = want === 'up' ? { head: sent.head } : undefined;
    await this.#deliverOwn({ ...sent, inputs: { ...sent.inputs, 'pull-request': String(sent.number), ...head } }, disturbed);
  }

  async #deliverOwn(sent: Sent, disturbed: Partial<Disturbance>): Promise<void> {
    const { number } = sent;
    const before = this.#stage.repository.pull(number);
    const { outcome, next } = await this.run(sent, disturbed);
    this.last.set(number, outcome);
    if (outcome.clean && before?.head === sent.head) this.#judge(sent, outcome.ended);
    if (next) await this.deliver(next);
  }

  async #deliverTick(sent: Sent, disturbed: Partial<Disturbance>): Promise<void> {
    const before = await lookAt(this.#stage, sent.number);
    if (before.preview && sent.ticked?.may && sent.ticked.box !== 'extend') this.#stage.watched.letGo(before.preview.uid);
    const { outcome, next } = await this.run(sent, disturbed);
    if (outcome.clean) this.#stage.wrong.push(...judgeTick(sent, outcome.ended, before, await lookAt(this.#stage, sent.number)));
    if (next) await this.deliver(next);
  }

  /** Runs the action; `next` is the event that came meanwhile. */
  async run(sent: Sent, { fault, post, meanwhile }: Partial<Disturbance>): Promise<{ outcome: Outcome; next: Sent | undefined }> {
    const { story, runner } = this.#stage;
    const { number } = sent;
    let next: Sent | undefined;
    const gate = await this.#stage.open(fault, (count) => {
      if (count !== meanwhile?.call) return;
      next = this.#happens(number, meanwhile.does) ?? next;
      story.push(`${number}: ${meanwhile.does}, at call ${count} of the run`);
    });
    const ended = await this.#stage.atWork(gate, () => runner.preview(gate, sent));
    const said = typeof ended.how === 'string' ? ended.how : `red (${ended.how.error.slice(0, 200)})`;
    const met = fault && gate.met ? `, ${fault.kind} call ${fault.call} (${gate.story[fault.call - 1]})` : '';
    story.push(
      `${number}: run for ${sent.head.slice(0, 7)}: ${said}, ${ended.outputs.state ?? 'no state'}, ${gate.story.length} calls${met}`,
    );
    if (ended.how === 'killed') await this.afterKill(sent, ended, post ?? false);
    else gate.close();
    return { outcome: { ended, clean: !gate.met && next === undefined }, next };
  }

  #happens(number: number, does: Change | Box): Sent | undefined {
    const { repository } = this.#stage;
    return does === 'extend' || does === 'reset' || does === 'delete' ? repository.tick(number, does, 'ada') : repository.act(number, does);
  }

  async afterKill(sent: Sent | undefined, ended: Ended, post: boolean): Promise<void> {
    const { watched, kubernetes, runner, story } = this.#stage;
    // It shows no sign of life: for how long that is watched is made short.
    for (const { namespace } of watched.live) {
      const lease = { ...LEASE, name: leaseName(RELEASE), namespace };
      const live = await kubernetes.get(lease);
      if (!live?.spec?.holderIdentity) continue;
      await kubernetes.patch(lease, { spec: { leaseDurationSeconds: 1 } }, { type: 'merge' }).catch(unlessGone);
    }
    if (!post || sent === undefined) return;
    const gate = await this.#stage.open();
    const { how } = await this.#stage.atWork(gate, () => runner.afterPreview(gate, sent, ended));
    gate.close();
    story.push(`${sent.number}: its post step: ${typeof how === 'string' ? how : how.error.slice(0, 200)}`);
  }

  /** What a run that nothing disturbed must have come to. */
  #judge({ number, quality }: Sent, { how, outputs }: Ended): void {
    const { repository, watched, wrong } = this.#stage;
    const { state = '' } = outputs;
    const wanted = this.#states(number, quality === 'good', watched.live.filter(({ key }) => key.number !== number).length);
    if (wanted.includes(state) && (how === 'green') === (state !== 'failed')) return;
    const { want } = repository.desired(number);
    wrong.push(`The run of ${number} came to "${state}" (${JSON.stringify(how)}), not to ${wanted.join(' or ')} (wanted: ${want})`);
  }

  #states(number: number, isGood: boolean, others: number): string[] {
    const { repository, visited } = this.#stage;
    const { want } = repository.desired(number);
    if (want === 'down') return ['gone'];
    if (want === 'nothing') return ['skipped'];
    const waits = this.together || others >= repository.settings.max ? ['waiting'] : [];
    if (!isGood) return ['failed', ...waits];
    // Nobody takes it from under a visitor's hands.
    const up = want === 'up' ? ['up'] : visited.has(number) ? ['asleep', 'up'] : ['asleep'];
    return [...up, ...waits];
  }
}

const unlessGone = (error: unknown): void => {
  if (!(error instanceof HttpError) || error.status !== 404) throw error;
};
