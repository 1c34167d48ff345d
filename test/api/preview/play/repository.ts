import { createHash } from 'node:crypto';
import { type Desired, desiredOf, type PreviewKey, type PullRequest, readPullRequest } from '../../../../src/preview/model/index.ts';
import { markerOf } from '../../../../src/preview/told/index.ts';
import type { GitHubStandIn } from '../../../support/github/server.ts';
import type { Quality } from '../../support/pods.ts';
import { RELEASE } from './app.ts';
import type { Events, Sent } from './events.ts';
import { type Box, type Change, PEOPLE, type Person, type Settings } from './history.ts';

export const LABEL = 'preview';
/** One begins another. */
const NUMBERS = [1, 12, 121, 1212];
/** A fork's pull request, and the repository that its branch is in. */
const FORK = { number: 1212, repository: 777 };

/** A repository at GitHub with four pull requests, one of them from a fork, and what its people do. */
export class Repository {
  readonly id: number;
  readonly settings: Settings;
  readonly #standIn: GitHubStandIn;
  readonly #events: Events;
  readonly #qualities = new Map<string, Quality>();
  /** Heads of each pull request, the newest last. */
  readonly #heads = new Map<number, string[]>();
  /** What each pull request asked for, and since when, ms of this machine. */
  readonly #wanted = new Map<number, { since: number; want: Desired['want'] }[]>();
  /** Commits of forks that somebody let through. */
  readonly #approved = new Set<string>();
  /** Whose branch is gone: they cannot be opened again. */
  readonly #branchless = new Set<number>();
  #commits = 0;

  constructor(standIn: GitHubStandIn, id: number, settings: Settings, events: Events) {
    this.#standIn = standIn;
    this.#events = events;
    this.id = id;
    this.settings = settings;
    standIn.reset();
    standIn.played.repositoryId = id;
    for (const [login, permission] of Object.entries(PEOPLE)) standIn.played.permissions.set(login, permission);
  }

  numberOf = (pull: number): number => NUMBERS[pull] ?? 1;
  get numbers(): readonly number[] {
    return NUMBERS.filter((number) => this.#standIn.played.pulls.has(number));
  }
  keyOf = (number: number): PreviewKey => ({ repositoryId: this.id, number });
  isFork = (number: number): boolean => number === FORK.number;

  /** As GitHub has it now; undefined for one that nobody has opened. */
  pull = (number: number): PullRequest | undefined => readPullRequest(this.#standIn.played.object(number));

  desired(number: number): Desired {
    const pull = this.pull(number);
    if (!pull) return { want: 'down', why: 'nobody has opened it' };
    const { label, drafts, forks } = this.settings;
    // Nothing is done about one: it never had a preview.
    if (pull.isFork && !forks) return { want: 'nothing', why: 'it comes from a fork' };
    const own = { label: label ? LABEL : undefined, drafts, forks };
    // No fork's preview sleeps by itself.
    const desired = desiredOf(pull, pull.isFork && drafts === 'asleep' ? { ...own, drafts: 'up' } : own);
    const waits = pull.isFork && desired.want === 'up' && !this.#approved.has(pull.head);
    return waits ? { want: 'nothing', why: 'nobody has let this commit of a fork through' } : desired;
  }

  /** Whether nobody asked for its end at any time since then. */
  wantedSince(number: number, time: number): boolean {
    const states = this.#wanted.get(number) ?? [];
    const before = states.findLast(({ since }) => since <= time);
    return [...(before ? [before] : []), ...states.filter(({ since }) => since > time)].every(({ want }) => want !== 'down');
  }

  /** Whether the commit was its newest at any time. */
  wasHead = (number: number, head: string): boolean => this.#heads.get(number)?.includes(head) ?? false;
  /** Whether it may be deployed: of a fork somebody has to have said so. */
  mayRun = (number: number, head: string): boolean => !this.isFork(number) || this.#approved.has(head);

  approve(number: number, head: string): void {
    this.#approved.add(head);
    this.#noteWanted(number);
  }

  /** Does it, and returns the event that GitHub sends; undefined where there is nothing to change. */
  act(number: number, change: Change): Sent | undefined {
    const { pulls } = this.#standIn.played;
    const pull = pulls.get(number);
    if (pull === undefined) {
      const labels = this.settings.label && change !== 'unlabel' ? [LABEL] : [];
      const head = this.#commit(number, change === 'bad push' ? 'crashes' : 'good');
      const fork = this.isFork(number) ? { headRepository: FORK.repository, login: 'eve' } : {};
      pulls.set(number, { number, head, labels, draft: change === 'draft', ...fork });
      return this.send(number, 'opened');
    }
    const isOpen = pull.state !== 'closed';
    const labels = pull.labels ?? [];
    const set = (action: string, more: object): Sent => {
      pulls.set(number, { ...pull, ...more });
      return this.send(number, action);
    };
    switch (change) {
      case 'push':
      case 'bad push':
        return isOpen ? set('synchronize', { head: this.#commit(number, change === 'push' ? 'good' : 'crashes') }) : undefined;
      case 'force-push':
        // Back to an older commit, if there is one.
        return isOpen ? set('synchronize', { head: this.#back(number) }) : undefined;
      case 'draft':
        return isOpen && !pull.draft ? set('converted_to_draft', { draft: true }) : undefined;
      case 'ready':
        return isOpen && pull.draft ? set('ready_for_review', { draft: false }) : undefined;
      case 'label':
        return isOpen && !labels.includes(LABEL) ? set('labeled', { labels: [...labels, LABEL] }) : undefined;
      case 'unlabel':
        return isOpen && labels.includes(LABEL) ? set('unlabeled', { labels: labels.filter((one) => one !== LABEL) }) : undefined;
      case 'retarget':
        return isOpen ? set('edited', { base: pull.base === 'next' ? 'main' : 'next' }) : undefined;
      case 'close':
        return isOpen ? set('closed', { state: 'closed' }) : undefined;
      case 'branch deleted':
        if (isOpen) this.#branchless.add(number);
        return isOpen ? set('closed', { state: 'closed' }) : undefined;
      case 'merge':
        return isOpen ? set('closed', { state: 'closed', merged: true }) : undefined;
      case 'reopen':
        return isOpen || pull.merged || this.#branchless.has(number) ? undefined : set('reopened', { state: 'open' });
    }
  }

  /** Pull requests whose comment has boxes. */
  get boxed(): number[] {
    return this.numbers.filter((number) => this.#comment(number)?.body.includes('<!-- todo-deploy:extend -->'));
  }

  /** Ticks a box in the comment, or in one that looks like it; undefined where there is none. */
  tick(number: number, box: Box, by: Person, forged = false): Sent | undefined {
    const { played } = this.#standIn;
    const pull = this.pull(number);
    const own = this.#comment(number);
    if (!own || !pull) return undefined;
    const ticked = own.body.replace(new RegExp(`- \\[ \\](?= .*<!-- todo-deploy:${box} -->)`), '- [x]');
    if (ticked === own.body) return undefined;
    const from = own.body;
    const comment = forged ? played.comment(number, 'eve', ticked) : own;
    comment.body = ticked;
    const may = !forged && ['write', 'admin'].includes(PEOPLE[by]);
    return this.#events.ticked(number, pull.head, { box, may, comment, from, by, repositoryId: this.id });
  }

  #comment(number: number) {
    const { comments, login } = this.#standIn.played;
    return comments.find(
      (one) => one.number === number && one.login === login && one.body.startsWith(markerOf(this.keyOf(number), RELEASE)),
    );
  }

  /** An event about the pull request as it is now. */
  send(number: number, action: string): Sent {
    const pull = this.pull(number);
    if (!pull) throw new Error(`There is no pull request ${number}`);
    this.#noteWanted(number);
    const about = { number, head: pull.head, quality: this.qualityOf(pull.head), repositoryId: this.id };
    const object: unknown = this.#standIn.played.object(number);
    if (!pull.isFork || !this.settings.forks) return this.#events.pullRequest(about, action, object);
    return this.#events.built(about, FORK.repository, pull.isOpen, this.#standIn.played);
  }

  #noteWanted(number: number): void {
    const { want } = this.desired(number);
    this.#wanted.set(number, [...(this.#wanted.get(number) ?? []), { since: Date.now(), want }]);
  }

  qualityOf = (head: string): Quality => this.#qualities.get(head) ?? 'good';

  #commit(number: number, quality: Quality): string {
    const head = createHash('sha1')
      .update(`${this.id} ${++this.#commits}`)
      .digest('hex');
    this.#qualities.set(head, quality);
    this.#heads.set(number, [...(this.#heads.get(number) ?? []), head]);
    return head;
  }

  #back(number: number): string {
    const heads = this.#heads.get(number) ?? [];
    return heads.at(-2) ?? this.#commit(number, 'good');
  }
}
