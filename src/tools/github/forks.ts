import { HttpError } from '../../interfaces/errors.ts';
import type { ForkRuns } from '../../interfaces/fork-runs.ts';
import { type GitHubClient, ownerAndName } from './client.ts';
import type { GitHub } from './octokit.ts';

/** Runs that built forks' code, and what they are to pass, by GitHub's REST API. */
export class GitHubForkRuns implements ForkRuns {
  readonly #client: GitHubClient;
  readonly #repository: string;
  readonly #names: { owner: string; repo: string };
  readonly #signal: AbortSignal;

  constructor(client: GitHubClient, { repository, signal }: { repository: string; signal: AbortSignal }) {
    this.#client = client;
    this.#repository = repository;
    this.#names = ownerAndName(repository);
    this.#signal = signal;
  }

  pullRequests(head: string): Promise<unknown[]> {
    return this.#ask(`listing the pull requests of ${head}`, 'pull-requests: read', (github) =>
      github.paginate(github.rest.pulls.list, { ...this.#names, head, state: 'all', per_page: 100 }),
    );
  }

  async artifacts(runId: number, name: string): Promise<unknown[]> {
    const wanted = { ...this.#names, run_id: runId, name, per_page: 100 };
    const { data } = await this.#ask(`listing the artifacts of run ${runId}`, 'actions: read', (github) =>
      github.rest.actions.listWorkflowRunArtifacts(wanted),
    );
    return data.artifacts;
  }

  async protectionRules(environment: string): Promise<unknown[] | undefined> {
    try {
      const { data } = await this.#ask(`reading the environment ${environment}`, 'actions: read', (github) =>
        github.rest.repos.getEnvironment({ ...this.#names, environment_name: environment }),
      );
      return data.protection_rules ?? [];
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  compare(branch: string, commit: string): Promise<string | undefined> {
    return this.#client.compare(this.#repository, branch, commit, this.#signal);
  }

  #ask<T>(what: string, needs: string, body: (github: GitHub) => Promise<T>): Promise<T> {
    return this.#client.ask({ what: `${what} in ${this.#repository}`, needs, signal: this.#signal }, body);
  }
}
