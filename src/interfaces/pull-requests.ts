export interface Comment {
  id: number;
  /** Login of who wrote it. */
  author: string;
  /** Markdown. */
  body: string;
}

export interface DeploymentStatus {
  state: 'in_progress' | 'success' | 'failure' | 'inactive';
  /** Where it is reached. */
  url?: string | undefined;
  /** The run's page. */
  logUrl?: string | undefined;
  /** One line. */
  description: string;
}

/** What is said of a commit beside its name, once and for all. */
export interface Check {
  sha: string;
  name: string;
  conclusion: 'neutral' | 'success';
  /** One line. */
  title: string;
  /** Markdown. */
  summary: string;
  /** The run's page. */
  detailsUrl: string | undefined;
}

/**
 * Pull requests of one repository, what is said in them, and its deployments. Errors: `HttpError`; calls that are safe to repeat are
 * repeated inside.
 */
export interface PullRequests {
  /** `owner/name` */
  readonly repository: string;
  /** GitHub's own object, to be read strictly; undefined where it says that there is none, or that the token may not see it. */
  pullRequest(number: number): Promise<unknown>;
  /** All of them, the oldest first. */
  comments(number: number): Promise<Comment[]>;
  /** Of all issues and pull requests, those that were changed last; so many as GitHub gives at once. */
  newestComments(): Promise<Comment[]>;
  /** Not repeated where its answer is lost: then nobody knows whether there is one. */
  createComment(number: number, body: string): Promise<Comment>;
  /** False where it is gone. */
  updateComment(id: number, body: string): Promise<boolean>;
  /** Login under which this token writes. */
  author(): Promise<string>;
  /** Returns its id. */
  createDeployment(deployment: { sha: string; environment: string; description: string }): Promise<number>;
  setDeploymentStatus(id: number, status: DeploymentStatus): Promise<void>;
  /** GitHub shows the newest of a name. */
  createCheck(check: Check): Promise<void>;
  /** What the newest check of this name says of the commit; undefined where there is none. */
  conclusionOf(sha: string, name: string): Promise<string | undefined>;
  /** `admin`, `write`, `read` or `none`. */
  permissionOf(login: string): Promise<string>;
}
