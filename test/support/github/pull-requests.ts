import type { ExchangeRequest } from '../openapi.ts';
import type { Answer } from './answer.ts';
import { example } from './description.ts';

// biome-ignore lint/suspicious/noExplicitAny: GitHub's objects are JSON
type Json = any;

interface PlayedPullRequest {
  number: number;
  head: string;
  state?: 'open' | 'closed';
  merged?: boolean;
  draft?: boolean;
  labels?: readonly string[];
  /** Repository of the branch; left out: the same. */
  headRepository?: number | undefined;
  login?: string;
  /** Branch that it is to be merged into. */
  base?: string;
}

interface PlayedArtifact {
  id: number;
  name: string;
  run: number;
  head: string;
  bytes?: number;
  expired?: boolean;
}

interface PlayedComment {
  id: number;
  number: number;
  login: string;
  body: string;
}

interface PlayedDeployment {
  id: number;
  ref: string;
  environment: string;
  /** The last one counts. */
  statuses: Record<string, unknown>[];
}

interface PlayedCheck {
  id: number;
  head_sha: string;
  name: string;
  conclusion: string;
  output: { title: string; summary: string };
}

const PAGE = 30;

/** What GitHub keeps of a repository's pull requests, comments and deployments: they change by the calls that the product makes, and by a test. */
export class PlayedPullRequests {
  repositoryId = 4242;
  /** `owner/name` of it. */
  repository = 'acme/todo';
  /** Under which the product's token writes. */
  login = 'github-actions[bot]';
  readonly pulls = new Map<number, PlayedPullRequest>();
  readonly comments: PlayedComment[] = [];
  readonly deployments: PlayedDeployment[] = [];
  readonly checks: PlayedCheck[] = [];
  /** What somebody may do; everybody else may read. */
  readonly permissions = new Map<string, string>();
  readonly artifacts: PlayedArtifact[] = [];
  /** Of environments, by name: how many have to approve. */
  readonly reviewers = new Map<string, number>();
  #ids = 1000;

  reset(): void {
    this.pulls.clear();
    this.permissions.clear();
    this.reviewers.clear();
    this.artifacts.length = 0;
    this.comments.length = 0;
    this.deployments.length = 0;
    this.checks.length = 0;
  }

  comment(number: number, login: string, body: string): PlayedComment {
    const comment = { id: ++this.#ids, number, login, body };
    this.comments.push(comment);
    return comment;
  }

  /** As an event and as the API give it. */
  object(number: number): Json {
    const pull = this.pulls.get(number);
    if (!pull) return undefined;
    const { head, state = 'open', merged = false, draft = false, labels = [], login = 'ada' } = pull;
    const given = example('pull-request') as Json;
    const repository = (id: number, part: Json): Json => ({
      ...part,
      repo: part.repo && { ...part.repo, id, full_name: id === this.repositoryId ? this.repository : 'eve/fork' },
    });
    return {
      ...given,
      number,
      state,
      merged,
      draft,
      merged_at: merged ? '2026-01-01T00:00:00Z' : null,
      // The example's lacks what the description demands of a team.
      requested_teams: [],
      user: { ...given.user, login },
      labels: labels.map((name) => ({ ...given.labels[0], name })),
      base: { ...repository(this.repositoryId, given.base), ref: pull.base ?? 'main' },
      head: { ...repository(pull.headRepository ?? this.repositoryId, given.head), sha: head },
    };
  }

  /** undefined for calls that are about something else. */
  answer({ method, url, body, headers }: ExchangeRequest): Answer | undefined {
    const { pathname, searchParams, origin } = new URL(url, `http://${headers.host}`);
    const sent = (): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;
    const number = (pattern: RegExp): number | undefined => {
      const [, found] = pattern.exec(pathname) ?? [];
      return found === undefined ? undefined : Number(found);
    };
    if (pathname.endsWith('/pulls')) return this.#pulls(searchParams.get('head') ?? '');
    const run = number(/\/actions\/runs\/(\d+)\/artifacts$/);
    if (run !== undefined) return this.#artifacts(run, searchParams.get('name'));
    const [, environment] = /\/environments\/([^/]+)$/.exec(pathname) ?? [];
    if (environment !== undefined) return this.#environment(decodeURIComponent(environment));
    if (method === 'GET' && pathname === '/user') return { status: 403, body: message('Resource not accessible by integration') };
    const pull = number(/\/pulls\/(\d+)$/);
    if (pull !== undefined) return found(this.object(pull));
    const issue = number(/\/issues\/(\d+)\/comments$/);
    if (issue !== undefined)
      return method === 'GET' ? this.#list(issue, searchParams, `${origin}${pathname}`) : this.#create(issue, String(sent().body));
    if (pathname.endsWith('/issues/comments')) return this.#newest(Number(searchParams.get('per_page') ?? PAGE));
    const comment = number(/\/issues\/comments\/(\d+)$/);
    if (comment !== undefined) return this.#change(comment, String(sent().body));
    const deployment = number(/\/deployments\/(\d+)\/statuses$/);
    if (deployment !== undefined) return this.#status(deployment, sent());
    if (pathname.endsWith('/deployments')) return this.#deploy(sent());
    if (method === 'POST' && pathname.endsWith('/check-runs')) return this.#check(sent() as unknown as PlayedCheck);
    const [, checked] = /\/commits\/([^/]+)\/check-runs$/.exec(pathname) ?? [];
    if (checked !== undefined) return this.#checksOf(checked, searchParams.get('check_name'));
    const [, login] = /\/collaborators\/([^/]+)\/permission$/.exec(pathname) ?? [];
    return login === undefined ? undefined : this.#permission(decodeURIComponent(login));
  }

  /** Of the branch `eve:feature`: those of forks. */
  #pulls(head: string): Answer {
    const forks = [...this.pulls.values()].filter(({ headRepository }) => headRepository !== undefined);
    const listed = head === 'eve:feature' ? forks.map(({ number }) => this.object(number) as Json) : [];
    const [given] = example('pull-request-simple-items') as Json;
    const fields = Object.keys(given as object);
    return {
      status: 200,
      headers: { link: '' },
      body: listed.map((one) => Object.fromEntries(fields.map((field) => [field, one[field] ?? given[field]]))),
    };
  }

  #artifacts(run: number, name: string | null): Answer {
    const found = this.artifacts.filter((one) => one.run === run && (name === null || one.name === name));
    const [given] = (example('artifact-paginated') as Json).artifacts;
    const artifacts = found.map(({ id, head, bytes = 1000, expired = false, ...one }) => ({
      ...given,
      id,
      name: one.name,
      size_in_bytes: bytes,
      expired,
      workflow_run: { ...given.workflow_run, id: run, head_sha: head },
    }));
    return { status: 200, headers: { link: '' }, body: { total_count: artifacts.length, artifacts } };
  }

  #environment(name: string): Answer {
    const count = this.reviewers.get(name);
    if (count === undefined) return { status: 404, body: message('Not Found') };
    const given = example('environment') as Json;
    const rules = given.protection_rules.map((rule: Json) =>
      rule.reviewers ? { ...rule, reviewers: rule.reviewers.slice(0, count) } : rule,
    );
    return { status: 200, body: { ...given, name, protection_rules: count === 0 ? rules.filter((rule: Json) => !rule.reviewers) : rules } };
  }

  #list(issue: number, query: URLSearchParams, address: string): Answer {
    const size = Number(query.get('per_page') ?? PAGE);
    const page = Number(query.get('page') ?? 1);
    const all = this.comments.filter(({ number }) => number === issue);
    const more = all.length > page * size;
    const link = more ? `<${address}?per_page=${size}&page=${page + 1}>; rel="next"` : '';
    return { status: 200, headers: { link }, body: all.slice((page - 1) * size, page * size).map((one) => this.#shown(one)) };
  }

  /** Those that were changed last come first: here the newest. */
  #newest(size: number): Answer {
    const shown = this.comments.toReversed().slice(0, size);
    return { status: 200, headers: { link: '' }, body: shown.map((one) => this.#shown(one)) };
  }

  #create(issue: number, body: string): Answer {
    return { status: 201, body: this.#shown(this.comment(issue, this.login, body)) };
  }

  #change(id: number, body: string): Answer {
    const comment = this.comments.find((one) => one.id === id);
    if (!comment) return { status: 404, body: message('Not Found') };
    comment.body = body;
    return { status: 200, body: this.#shown(comment) };
  }

  #shown({ id, login, body }: PlayedComment): Json {
    const given = example('issue-comment') as Json;
    return { ...given, id, body, user: { ...given.user, login } };
  }

  #deploy({ ref, environment }: Record<string, unknown>): Answer {
    const deployment = { id: ++this.#ids, ref: String(ref), environment: String(environment), statuses: [] };
    this.deployments.push(deployment);
    return { status: 201, body: { ...example('deployment-simple-example'), id: deployment.id, ref, environment } };
  }

  #status(id: number, status: Record<string, unknown>): Answer {
    const deployment = this.deployments.find((one) => one.id === id);
    if (!deployment) return { status: 404, body: message('Not Found') };
    deployment.statuses.push(status);
    return { status: 201, body: { ...example('deployment-status'), state: status.state } };
  }

  #check({ head_sha, name, conclusion, output }: PlayedCheck): Answer {
    const check = { id: ++this.#ids, head_sha, name, conclusion, output };
    this.checks.push(check);
    return { status: 201, body: this.#shownCheck(check) };
  }

  /** The newest of each name. */
  #checksOf(sha: string, name: string | null): Answer {
    const newest = new Map(this.checks.filter((one) => one.head_sha === sha).map((one) => [one.name, one]));
    const found = [...newest.values()].filter((one) => name === null || one.name === name);
    return {
      status: 200,
      headers: { link: '' },
      body: { total_count: found.length, check_runs: found.map((one) => this.#shownCheck(one)) },
    };
  }

  #shownCheck({ output, ...check }: PlayedCheck): Json {
    const given = example('check-run-example-of-completed-conclusion') as Json;
    return { ...given, ...check, output: { ...given.output, ...output } };
  }

  #permission(login: string): Answer {
    const given = example('repository-collaborator-permission-response-if-user-has-admin-permissions') as Json;
    return {
      status: 200,
      body: { ...given, permission: this.permissions.get(login) ?? 'read', user: { ...given.user, login, role_name: 'read' } },
    };
  }
}

const message = (text: string): object => ({ message: text, documentation_url: 'https://docs.github.com/rest', status: '404' });

const found = (body: Json): Answer => (body === undefined ? { status: 404, body: message('Not Found') } : { status: 200, body });
