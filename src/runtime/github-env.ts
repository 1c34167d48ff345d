import { existsSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { ConfigurationError } from '../interfaces/errors.ts';
import { parseJsonObject } from '../interfaces/reading/json.ts';
import { fieldAt } from '../interfaces/values.ts';
import { isOwnEvent } from './own-events.ts';

/** Every environment variable that the product reads, and why. A test keeps the list complete. */
export const VARIABLES = {
  BUILDKIT_HOST: 'BuildKit to build with instead of a builder of our own, e.g. `unix:///run/buildkit/buildkitd.sock`',
  BUILDX_CONFIG: 'folder of buildx, with the builders',
  DIGITALOCEAN_ACCESS_TOKEN: 'default of the input `digitalocean-token`',
  DIGITALOCEAN_API_URL: 'DigitalOcean’s API, default https://api.digitalocean.com; https only, except on this machine',
  DOCKER_CONFIG: 'folder of docker’s login state, default `~/.docker`',
  GITHUB_ACTIONS: '`true` inside a workflow: the log uses workflow commands',
  GITHUB_ACTOR: 'who started the run (journal)',
  GITHUB_API_URL: 'REST API, other on GitHub Enterprise',
  GITHUB_BASE_REF: 'branch that a pull request is for',
  GITHUB_EVENT_NAME: 'whether this is an event of the repository’s own people',
  GITHUB_EVENT_PATH: 'file with the event as JSON',
  GITHUB_JOB: 'part of the lease holder',
  GITHUB_OUTPUT: 'file that takes outputs',
  GITHUB_REF: '`refs/heads/main`, `refs/tags/v1`, …',
  GITHUB_REF_NAME: 'branch or tag without prefix',
  GITHUB_REPOSITORY: '`owner/name`, part of the lease holder',
  GITHUB_REPOSITORY_ID: 'whose previews the janitor may ask GitHub about',
  GITHUB_RUN_ATTEMPT: 'part of the lease holder',
  GITHUB_RUN_ID: 'part of the lease holder, and the link to the run',
  GITHUB_SERVER_URL: 'for links to the run',
  GITHUB_SHA: 'commit of the run (a pull request: the merge commit)',
  GITHUB_STATE: 'file that takes state for the post step',
  GITHUB_STEP_SUMMARY: 'file that takes the job summary',
  GITHUB_WORKFLOW_REF: 'the workflow’s file: where findings are shown of a Dockerfile that is in no checkout',
  GITHUB_WORKSPACE: 'checkout',
  GITHUB_TOKEN: 'command line: the input `github-token`',
  HTTPS_PROXY: 'proxy for https, for programs and for us; `https_proxy` too',
  HTTP_PROXY: 'the same for http',
  HOME: 'for `~/.kube/config` and `~/.docker`',
  KUBECONFIG: 'kubeconfig files where the input `kubeconfig` is left out',
  KUBERNETES_SERVICE_HOST: 'API server of the Pod’s own cluster, where there is no kubeconfig',
  KUBERNETES_SERVICE_PORT: 'its port',
  NO_COLOR: 'command line: no colour',
  NODE_EXTRA_CA_CERTS: 'more certificate authorities: a company’s own',
  NO_PROXY: 'hosts, `.domains`, addresses and networks that are reached without a proxy',
  PATH: 'where programs are looked for',
  RUNNER_DEBUG: '`1` shows debug lines and stacks',
  RUNNER_TEMP: 'folder for private files',
  RUNNER_TOOL_CACHE: 'folder of downloaded programs',
  SOURCE_DATE_EPOCH: 'given to builds by buildx: a part of what is built',
  SSH_AUTH_SOCK: 'agent of the input `ssh`, where it names no other',
  SSL_CERT_FILE: 'certificate authorities for programs (and for us), as one file',
  TODO_DEPLOY_DOCR_HOST: 'host that is treated as DigitalOcean’s registry, default registry.digitalocean.com',
  TODO_DEPLOY_HELM_MIRROR: 'address instead of get.helm.sh',
  TERM: 'command line: no colour on a `dumb` terminal',
  TODO_DEPLOY_PLAIN_HTTP:
    'hosts that may be spoken to without TLS though something secret is sent, separated by commas: a registry or an API server in your own network',
  TODO_DEPLOY_PASSWORD: 'command line: the input `password`',
  TODO_DEPLOY_SECRETS: 'command line: the input `secrets`',
  TODO_DEPLOY_BUILD_SECRETS: 'command line: the input `build-secrets`',
  TODO_DEPLOY_TRIVY_MIRROR: 'address instead of Trivy’s release page',
  TRIVY_CACHE_DIR: 'folder of Trivy’s databases and of what it knows about layers, default `~/.cache/trivy`',
  TRIVY_DB_REPOSITORY: 'addresses of Trivy’s vulnerability database, tried in turn, separated by commas',
  TRIVY_JAVA_DB_REPOSITORY: 'the same for its Java database, which an image with a .jar needs',
  TRIVY_OFFLINE_SCAN: '`true`: nothing is looked up on the network to identify packages',
  TRIVY_SKIP_DB_UPDATE: '`true`: the job keeps the vulnerability database, it is not fetched',
  TRIVY_SKIP_JAVA_DB_UPDATE: '`true`: the same for the Java database',
  XDG_CACHE_HOME: 'instead of `~/.cache`',
  USER: 'who deploys, outside of a workflow',
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What GitHub says about the run, typed; outside of a workflow everything has a value that makes sense locally. */
export class GitHubEnvironment {
  readonly #env: Environment;
  #event: Record<string, unknown> | undefined;

  constructor(env: Environment = process.env) {
    this.#env = env;
  }

  #get(name: keyof typeof VARIABLES, fallback = ''): string {
    return this.#env[name] || fallback;
  }

  get isActions(): boolean {
    return this.#get('GITHUB_ACTIONS') === 'true';
  }
  get isDebug(): boolean {
    return this.#get('RUNNER_DEBUG') === '1';
  }
  get repository(): string {
    return this.#get('GITHUB_REPOSITORY', 'local/local');
  }
  /** Outside of a workflow there is none, unless the variable is set. */
  get isRepositoryKnown(): boolean {
    return this.#env.GITHUB_REPOSITORY !== undefined && this.#env.GITHUB_REPOSITORY !== '';
  }
  /** GitHub's id of the repository, which stays when it is renamed; undefined where nothing says it. */
  get repositoryId(): number | undefined {
    const id = Number(this.#get('GITHUB_REPOSITORY_ID') || fieldAt(this.event, 'repository', 'id'));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  }
  /** Who runs this outside of a workflow: `ada@laptop`. */
  get localName(): string {
    return `${this.actor}@${hostname()}`;
  }
  get sha(): string {
    return this.#get('GITHUB_SHA');
  }
  get ref(): string {
    return this.#get('GITHUB_REF');
  }
  get refName(): string {
    return this.#get('GITHUB_REF_NAME', this.ref.replace(/^refs\/(heads|tags)\//, ''));
  }
  get refType(): 'branch' | 'tag' | '' {
    if (this.ref.startsWith('refs/tags/')) return 'tag';
    return this.ref.startsWith('refs/heads/') ? 'branch' : '';
  }
  get runId(): string {
    return this.#get('GITHUB_RUN_ID', String(process.pid));
  }
  get runAttempt(): number {
    return Number(this.#get('GITHUB_RUN_ATTEMPT', '1'));
  }
  get job(): string {
    return this.#get('GITHUB_JOB', 'local');
  }
  get actor(): string {
    return this.#get('GITHUB_ACTOR', this.#env.USER ?? 'unknown');
  }
  get workspace(): string {
    return this.#get('GITHUB_WORKSPACE', process.cwd());
  }
  /** In a workflow; the command line leaves GITHUB_WORKSPACE out. */
  get isWorkspaceKnown(): boolean {
    return this.#get('GITHUB_WORKSPACE') !== '';
  }
  get tempDir(): string {
    return this.#get('RUNNER_TEMP', tmpdir());
  }
  get serverUrl(): string {
    return this.#get('GITHUB_SERVER_URL', 'https://github.com');
  }
  get apiUrl(): string {
    return this.#get('GITHUB_API_URL', 'https://api.github.com');
  }
  get eventPath(): string {
    return this.#get('GITHUB_EVENT_PATH');
  }
  get stepSummary(): string | undefined {
    return this.#get('GITHUB_STEP_SUMMARY') || undefined;
  }

  /** `.github/workflows/deploy.yml`; '' outside of a workflow. */
  get workflowFile(): string {
    return /^[^/]+\/[^/]+\/(.+?)@/.exec(this.#get('GITHUB_WORKFLOW_REF'))?.[1] ?? '';
  }

  /** Link to this run's page; undefined outside of a workflow. */
  get runUrl(): string | undefined {
    if (this.#env.GITHUB_RUN_ID === undefined) return undefined;
    return `${this.serverUrl}/${this.repository}/actions/runs/${this.runId}/attempts/${this.runAttempt}`;
  }

  /** The event, read at first use; empty where there is no file. */
  get event(): Record<string, unknown> {
    if (this.#event !== undefined) return this.#event;
    const path = this.eventPath;
    if (path === '' || !existsSync(path)) return {};
    const wrong = (why: string): ConfigurationError => new ConfigurationError(`The event file ${path} cannot be read: ${why}`);
    const event = parseJsonObject<Record<string, unknown>>(readFileSync(path, 'utf8'), wrong);
    this.#event = event;
    return event;
  }

  /** `push`, `pull_request`, …; '' outside of a workflow. */
  get eventName(): string {
    return this.#get('GITHUB_EVENT_NAME');
  }
  /** Branch that a pull request is for, else ''. */
  get baseRef(): string {
    return this.#get('GITHUB_BASE_REF');
  }
  /** '' where the event does not say. A schedule runs on the default branch alone, and says nothing else. */
  get defaultBranch(): string {
    const named = fieldAt(this.event, 'repository', 'default_branch');
    if (typeof named === 'string') return named;
    return this.eventName === 'schedule' ? this.refName : '';
  }

  /** Whether what runs is of this repository's own people, and not of a fork or of an event that anybody can set off. */
  get isOwnEvent(): boolean {
    return isOwnEvent(this.eventName, this.event, this.repository);
  }

  /** The commit that the author wrote: a pull request's head, not its merge commit. */
  get headSha(): string {
    const sha = fieldAt(this.event, 'pull_request', 'head', 'sha');
    return typeof sha === 'string' ? sha : this.sha;
  }
}
