import type { Issue, Issues } from '../../interfaces/issues.ts';
import { authorOf } from './author.ts';
import { type GitHubClient, ownerAndName } from './client.ts';
import { oneLine } from './errors.ts';
import type { GitHub } from './octokit.ts';

/** GitHub refuses longer ones. */
const [LONGEST_TITLE, LONGEST_BODY] = [256, 65_536];

interface Settings {
  repository: string;
  token: string;
  signal: AbortSignal;
}

/** Issues of one repository, by GitHub's REST API. */
export class GitHubIssues implements Issues {
  readonly #client: GitHubClient;
  readonly #settings: Settings;
  readonly #names: { owner: string; repo: string };

  constructor(client: GitHubClient, settings: Settings) {
    this.#client = client;
    this.#settings = settings;
    this.#names = ownerAndName(settings.repository);
  }

  async open(): Promise<Issue[]> {
    const wanted = { ...this.#names, state: 'open', sort: 'created', direction: 'asc', per_page: 100 } as const;
    const found = await this.#ask('reading the issues', 'issues: read', (github) =>
      github.paginate(github.rest.issues.listForRepo, wanted),
    );
    return found
      .filter((one) => one.pull_request === undefined)
      .map(({ number, user, title, body }) => ({ number, author: user?.login ?? '', title, body: body ?? '' }));
  }

  async create({ title, body }: { title: string; body: string }): Promise<number> {
    const wanted = { ...this.#names, title: oneLine(title, LONGEST_TITLE), body: body.slice(0, LONGEST_BODY) };
    return (await this.#ask('opening an issue', 'issues: write', (github) => github.rest.issues.create(wanted), true)).data.number;
  }

  async update(number: number, { title, body, state }: { title?: string; body?: string; state?: 'closed' }): Promise<void> {
    const wanted = {
      ...this.#names,
      issue_number: number,
      ...(title !== undefined && { title: oneLine(title, LONGEST_TITLE) }),
      ...(body !== undefined && { body: body.slice(0, LONGEST_BODY) }),
      ...(state !== undefined && { state, state_reason: 'completed' as const }),
    };
    await this.#ask(`changing issue ${number}`, 'issues: write', (github) => github.rest.issues.update(wanted));
  }

  author(): Promise<string> {
    return authorOf(this.#settings.token, (what, needs, body) => this.#ask(what, needs, body));
  }

  #ask<T>(what: string, needs: string, body: (github: GitHub) => Promise<T>, once = false): Promise<T> {
    const { repository, signal } = this.#settings;
    return this.#client.ask({ what: `${what} in ${repository}`, needs, signal, once }, body);
  }
}
