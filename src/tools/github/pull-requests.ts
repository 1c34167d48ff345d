import { HttpError } from '../../interfaces/errors.ts';
import type { Check, Comment, DeploymentStatus, PullRequests } from '../../interfaces/pull-requests.ts';
import { authorOf } from './author.ts';
import { type GitHubClient, ownerAndName } from './client.ts';
import { oneLine } from './errors.ts';
import type { GitHub } from './octokit.ts';

/** GitHub refuses a longer comment. */
const LONGEST_COMMENT = 65_536;

interface Settings {
  repository: string;
  /** Tells a job's or an app's token, which may not ask who it is, from a person's. */
  token: string;
  /** Who an app writes as; left out: GitHub Actions. */
  appLogin?: string | undefined;
  signal: AbortSignal;
}

/** Pull requests of one repository, by GitHub's REST API. */
export class GitHubPullRequests implements PullRequests {
  readonly repository: string;
  readonly #client: GitHubClient;
  readonly #settings: Settings;
  readonly #names: { owner: string; repo: string };
  #author: string | undefined;

  constructor(client: GitHubClient, settings: Settings) {
    this.repository = settings.repository;
    this.#client = client;
    this.#settings = settings;
    this.#names = ownerAndName(settings.repository);
  }

  async pullRequest(number: number): Promise<unknown> {
    return await unlessMissing(
      this.#ask(`reading pull request ${number}`, 'pull-requests: read', (github) =>
        github.rest.pulls.get({ ...this.#names, pull_number: number }),
      ).then(({ data }): unknown => data),
    );
  }

  async comments(number: number): Promise<Comment[]> {
    const found = await this.#ask(`reading the comments of ${number}`, 'pull-requests: read', (github) =>
      github.paginate(github.rest.issues.listComments, { ...this.#names, issue_number: number, per_page: 100 }),
    );
    return found.map(commentOf);
  }

  async newestComments(): Promise<Comment[]> {
    const wanted = { ...this.#names, sort: 'updated', direction: 'desc', per_page: 100 } as const;
    const what = 'reading the newest comments';
    return (await this.#ask(what, 'pull-requests: read', (github) => github.rest.issues.listCommentsForRepo(wanted))).data.map(commentOf);
  }

  async createComment(number: number, body: string): Promise<Comment> {
    const wanted = { ...this.#names, issue_number: number, body: body.slice(0, LONGEST_COMMENT) };
    const what = `commenting on pull request ${number}`;
    return commentOf((await this.#ask(what, 'pull-requests: write', (github) => github.rest.issues.createComment(wanted), true)).data);
  }

  async updateComment(id: number, body: string): Promise<boolean> {
    const wanted = { ...this.#names, comment_id: id, body: body.slice(0, LONGEST_COMMENT) };
    const changed = this.#ask(`changing comment ${id}`, 'pull-requests: write', (github) => github.rest.issues.updateComment(wanted));
    return (await unlessMissing(changed)) !== undefined;
  }

  async author(): Promise<string> {
    const { token, appLogin } = this.#settings;
    this.#author ??= await authorOf(token, (what, needs, body) => this.#ask(what, needs, body), appLogin);
    return this.#author;
  }

  async createDeployment({ sha, environment, description }: { sha: string; environment: string; description: string }): Promise<number> {
    const wanted = {
      ...this.#names,
      ref: sha,
      environment,
      description: oneLine(description, 140),
      auto_merge: false,
      required_contexts: [],
      transient_environment: true,
      production_environment: false,
    };
    const { data } = await this.#ask('creating a deployment', 'deployments: write', (github) => github.rest.repos.createDeployment(wanted));
    if (!('id' in data)) throw new HttpError(`GitHub, creating a deployment: ${data.message ?? 'it made none'}`, { status: 202 });
    return data.id;
  }

  async setDeploymentStatus(id: number, { state, url, logUrl, description }: DeploymentStatus): Promise<void> {
    const wanted = {
      ...this.#names,
      deployment_id: id,
      state,
      description: oneLine(description, 140),
      // Previews share one environment: the newest does not end the others.
      auto_inactive: false,
      ...(url && { environment_url: url }),
      ...(logUrl && { log_url: logUrl }),
    };
    const what = `setting the status of deployment ${id}`;
    await this.#ask(what, 'deployments: write', (github) => github.rest.repos.createDeploymentStatus(wanted));
  }

  async createCheck({ sha, name, conclusion, title, summary, detailsUrl }: Check): Promise<void> {
    const output = { title: oneLine(title, 255), summary };
    const wanted = { ...this.#names, name, head_sha: sha, status: 'completed', conclusion, output } as const;
    await this.#ask(`setting a check of ${sha}`, 'checks: write', (github) =>
      github.rest.checks.create({ ...wanted, ...(detailsUrl && { details_url: detailsUrl }) }),
    );
  }

  async conclusionOf(sha: string, name: string): Promise<string | undefined> {
    const wanted = { ...this.#names, ref: sha, check_name: name, per_page: 1 };
    const { data } = await this.#ask(`reading the checks of ${sha}`, 'checks: read', (github) => github.rest.checks.listForRef(wanted));
    return data.check_runs[0]?.conclusion ?? undefined;
  }

  async permissionOf(login: string): Promise<string> {
    const what = `asking what ${login} may do`;
    const asked = this.#ask(what, 'metadata: read', (github) =>
      github.rest.repos.getCollaboratorPermissionLevel({ ...this.#names, username: login }),
    );
    return (await unlessMissing(asked))?.data.permission ?? 'none';
  }

  #ask<T>(what: string, needs: string, body: (github: GitHub) => Promise<T>, once = false): Promise<T> {
    return this.#client.ask({ what: `${what} in ${this.repository}`, needs, signal: this.#settings.signal, once }, body);
  }
}

const commentOf = ({ id, user, body }: { id: number; user: { login: string } | null; body?: string | undefined }): Comment => ({
  id,
  author: user?.login ?? '',
  body: body ?? '',
});

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof HttpError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}
