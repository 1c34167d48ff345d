import { lie } from '../../../support/github/lies.ts';
import type { Fault } from './gate.ts';
import type { Acted, History, Ticking } from './history.ts';
import { leaksIn, strayIn } from './judge.ts';
import { Runs } from './runs.ts';
import { Stage, type World } from './stage.ts';
import { visit } from './visits.ts';

const HOUR = 3_600_000;
/** Where the machine was too busy. */
const TRIES = 4;

/** Plays a history: what happened, line by line, and what should not have. */
export async function play(history: History, world: World): Promise<Pick<Stage, 'story' | 'wrong'>> {
  for (let tries = 1; ; tries += 1) {
    const played = await playOnce(history, world);
    if (played.wrong.length === 0 || !played.starved || tries >= TRIES) return played;
  }
}

async function playOnce(history: History, world: World): Promise<Stage> {
  const stage = new Stage(history.settings, world);
  try {
    await new Game(stage).play(history);
  } finally {
    await stage.end();
  }
  return stage;
}

class Game {
  readonly #stage: Stage;
  readonly #runs: Runs;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#runs = new Runs(stage);
  }

  async play({ steps }: History): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'act') await this.#act(step);
      else if (step.kind === 'box') await this.#tick(step);
      else if (step.kind === 'two') await this.#both(step.acts);
      else if (step.kind === 'again') await this.#again(step.pull, step.back);
      else if (step.kind === 'visit') await this.#visit(step.pull, step.fault);
      else if (step.kind === 'janitor') await this.#pass(step.fault, step.lies);
      else if (step.kind === 'idle') await this.#idle(step.fault);
      else this.#later(step.hours, step.skewDays);
    }
    await this.#finish();
  }

  async #act(acted: Acted): Promise<void> {
    const { repository, story } = this.#stage;
    const number = repository.numberOf(acted.pull);
    const sent = repository.act(number, acted.change);
    if (sent === undefined) return;
    story.push(`${number}: ${acted.change}${acted.lost ? ', and its event is lost' : ''}`);
    if (acted.lost) this.#runs.last.delete(number);
    else await this.#runs.deliver(sent, acted, acted.approved);
  }

  async #tick({ pull, box, by, forged, lost, ...disturbed }: Ticking): Promise<void> {
    const { repository, story } = this.#stage;
    const { boxed } = repository;
    const number = boxed[pull % boxed.length];
    const sent = number === undefined ? undefined : repository.tick(number, box, by, forged);
    if (sent === undefined) return;
    story.push(`${number}: ${by} ticks "${box}"${forged ? ' in a forged comment' : ''}${lost ? ', and its event is lost' : ''}`);
    if (!lost) await this.#runs.deliver(sent, disturbed);
  }

  /** Runs of one pull request never come side by side: their workflow says so. */
  async #both([one, other]: readonly [Acted, Acted]): Promise<void> {
    if (one.pull === other.pull) {
      await this.#act(one);
      await this.#act(other);
    } else {
      this.#runs.together = true;
      await Promise.all([this.#act(one), this.#act(other)]);
      this.#runs.together = false;
    }
  }

  async #again(pull: number, back: number): Promise<void> {
    const { repository, events, story } = this.#stage;
    const sent = events.earlier(repository.numberOf(pull), back);
    if (sent === undefined) return;
    story.push(`${sent.number}: the job of ${sent.head.slice(0, 7)} is run again`);
    await this.#runs.deliver(sent);
  }

  async #visit(pull: number, fault: Fault | undefined): Promise<void> {
    const asleep = (await this.#stage.previews()).filter(({ state, ending }) => state === 'asleep' && !ending);
    const preview = asleep[pull % asleep.length];
    if (preview) await visit(this.#stage, preview, fault);
  }

  async #idle(fault: Fault | undefined): Promise<void> {
    this.#later(2);
    await this.#pass(fault, []);
  }

  #later(hours: number, skewDays = 0): void {
    const { clocks, story } = this.#stage;
    clocks.server += hours * HOUR;
    clocks.machine = clocks.server + skewDays * 24 * HOUR;
    story.push(`${hours} hours go by; this machine's clock is ${skewDays} days off`);
  }

  async #pass(fault: Fault | undefined, lies: readonly number[]): Promise<void> {
    const { standIn, runner, story, wrong } = this.#stage;
    standIn.next.push(...lies.map((index) => lie(index, standIn.played)));
    const gate = await this.#stage.open(fault);
    const ended = await this.#stage.atWork(gate, () => runner.janitor(gate));
    const { how, outputs } = ended;
    standIn.next.length = 0;
    if (how !== 'killed') gate.close();
    else await this.#runs.afterKill(undefined, ended, false);
    const said = typeof how === 'string' ? how : `red (${how.error.slice(0, 300)})`;
    const met = fault && gate.met ? `, ${fault.kind} call ${fault.call} (${gate.story[fault.call - 1]})` : '';
    story.push(`janitor${lies.length > 0 ? ' among lies' : ''}: ${said}${met}; removed: ${outputs.removed ?? ''}`.trim());
    if (!gate.met && how !== 'green') wrong.push(`A pass was not green: ${said}`);
  }

  /** Whatever happened: after one pass nothing is left over; after one more run each pull request is as its people want it. */
  async #finish(): Promise<void> {
    const { repository, wrong, standIn } = this.#stage;
    this.#later(2);
    await this.#pass(undefined, []);
    wrong.push(...(await leaksIn(this.#stage.seen())).map((leak) => `After a pass: ${leak}`));
    for (const number of repository.numbers) {
      if (repository.pull(number)?.isOpen) await this.#runs.deliver(repository.send(number, 'synchronize'));
    }
    await this.#pass(undefined, []);
    const seen = this.#stage.seen();
    wrong.push(...(await leaksIn(seen)));
    // Nobody can tell what an app that sleeps is, but by waking it.
    for (const preview of await this.#stage.previews()) if (!preview.ending) await visit(this.#stage, preview);
    wrong.push(...(await strayIn(seen, this.#runs.last)), ...standIn.violations);
  }
}
