import { createHash } from 'node:crypto';
import { type Desired, desiredOf, type PreviewKey, type PullRequest, readPullRequest } from '../../../../src/preview/model/index.ts';
import type { GitHubStandIn } from '../../../support/github/server.ts';
import type { Quality } from '../../support/pods.ts';
import type { Change, Settings } from './history.ts';

export const LABEL = 'preview';
/** One begins another. */
const NUMBERS = [1, 12, 121];

/** An event as its run gets it, however long after. */
export interface Sent {
  number: number;
  payload: Readonly<Record<string, unknown>>;
  /** The commit that it is about, and how that turns out. */
  head: string;
  quality: Quality;
}

/** A repository at GitHub with three pull requests, and what its people do. */
export class Repository {
  readonly id: number;
  readonly settings: Settings;
  readonly #standIn: GitHubStandIn;
  readonly #qualities = new Map<string, Quality>();
  /** Heads of each pull request, the newest last. */
  readonly #heads = new Map<number, string[]>();
  /** What each pull request asked for, and since when, ms of this machine. */
  readonly #wanted = new Map<number, { since: number; want: Desired['want'] }[]>();
  readonly #sent = new Map<number, Sent[]>();
  #commits = 0;

  constructor(standIn: GitHubStandIn, id: number, settings: Settings) {
    this.#standIn = standIn;
    this.id = id;
    this.settings = settings;
    standIn.reset();
    standIn.played.repositoryId = id;
  }

  numberOf = (pull: number): number => NUMBERS[pull] ?? 1;
  get numbers(): readonly number[] {
    return NUMBERS.filter((number) => this.#standIn.played.pulls.has(number));
  }
  keyOf = (number: number): PreviewKey => ({ repositoryId: this.id, number });

  /** As GitHub has it now; undefined for one that nobody has opened. */
  pull = (number: number): PullRequest | undefined => readPullRequest(this.#standIn.played.object(number));

  desired(number: number): Desired {
    const pull = this.pull(number);
    const policy = { label: this.settings.label ? LABEL : undefined, drafts: this.settings.drafts };
    return pull ? desiredOf(pull, policy) : { want: 'down', why: 'nobody has opened it' };
  }

  /** Whether a preview of it was asked for all the time since then. */
  wantedSince(number: number, time: number): boolean {
    const states = this.#wanted.get(number) ?? [];
    const before = states.findLast(({ since }) => since <= time);
    return [...(before ? [before] : []), ...states.filter(({ since }) => since > time)].every(({ want }) => want === 'up');
  }

  /** Whether the commit was its newest at any time since then. */
  wasHead = (number: number, head: string): boolean => this.#heads.get(number)?.includes(head) ?? false;

  /** Does it, and returns the event that GitHub sends; undefined where there is nothing to change. */
  act(number: number, change: Change): Sent | undefined {
    const { pulls } = this.#standIn.played;
    const pull = pulls.get(number);
    if (pull === undefined) {
      const labels = this.settings.label && change !== 'unlabel' ? [LABEL] : [];
      pulls.set(number, { number, head: this.#commit(number, change === 'bad push' ? 'crashes' : 'good'), labels });
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
        return isOpen ? set('edited', {}) : undefined;
      case 'close':
      case 'branch deleted':
        return isOpen ? set('closed', { state: 'closed' }) : undefined;
      case 'merge':
        return isOpen ? set('closed', { state: 'closed', merged: true }) : undefined;
      case 'reopen':
        return isOpen || pull.merged ? undefined : set('reopened', { state: 'open' });
    }
  }

  /** An event about the pull request as it is now. */
  send(number: number, action: string): Sent {
    const pull = this.pull(number);
    if (!pull) throw new Error(`There is no pull request ${number}`);
    const { want } = this.desired(number);
    this.#wanted.set(number, [...(this.#wanted.get(number) ?? []), { since: Date.now(), want }]);
    const object = this.#standIn.played.object(number);
    const payload = { action, number, pull_request: object, sender: { login: 'ada' }, repository: { id: this.id } };
    const sent = { number, payload, head: pull.head, quality: this.qualityOf(pull.head) };
    this.#sent.set(number, [...(this.#sent.get(number) ?? []), sent]);
    return sent;
  }

  /** The event that many events ago. */
  earlier = (number: number, back: number): Sent | undefined => this.#sent.get(number)?.at(-1 - back);

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
