/**
 * What a trusted workflow asks of GitHub about a run that built a fork's code. Objects are GitHub's own, to be read strictly. Errors: `HttpError`;
 * calls that are safe to repeat are repeated inside.
 */
export interface ForkRuns {
  /** Pull requests of any state whose branch is this one of this owner: `ada:feature`. */
  pullRequests(head: string): Promise<unknown[]>;
  /** Artifacts of a run by this name. */
  artifacts(runId: number, name: string): Promise<unknown[]>;
  /** Rules that protect an environment; undefined where there is none of this name. */
  protectionRules(environment: string): Promise<unknown[] | undefined>;
  /** How a commit lies to a branch: `behind` and `identical` where the branch holds it; undefined where GitHub knows one of them not. */
  compare(branch: string, commit: string): Promise<string | undefined>;
}
