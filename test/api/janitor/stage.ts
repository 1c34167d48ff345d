import { randomUUID } from 'node:crypto';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { type Report, sweepPreviews } from '../../../src/janitor/index.ts';
import type { Receipt } from '../../../src/preview/gone/index.ts';
import {
  momentText,
  namespaceName,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
  readPullRequest,
} from '../../../src/preview/model/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { GitHubClient } from '../../../src/tools/github/client.ts';
import { GitHubPullRequests } from '../../../src/tools/github/pull-requests.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { Transport } from '../../../src/tools/kubernetes/transport.ts';
import { GitHubStandIn } from '../../support/github/server.ts';
import { QUIET } from '../../support/log.ts';
import { access } from '../support/api.ts';

export const DAY = 86_400_000;
const REPOSITORY = 'acme/todo';
const log = QUIET;

export interface Played {
  number: number;
  repositoryId?: number;
  /** From now, ms. */
  expiresIn?: number;
  warnedIn?: number | undefined;
  name?: string;
  labels?: Record<string, string>;
}

export interface Wanted {
  cap?: number;
  dryRun?: boolean;
  /** What the clocks say, from now. */
  machine?: number;
  server?: number;
  /** Before one is taken down. */
  before?: (preview: Preview) => Promise<void>;
  choose?: (previews: readonly Preview[]) => readonly Preview[];
  visited?: (preview: Preview) => Promise<Preview>;
}

/** Namespaces of previews on a real API server, GitHub's stand-in, and passes over them by the product's own client of GitHub. */
export class Stage {
  readonly kubernetes = new KubernetesClient(access, { namespace: 'default' });
  readonly standIn: GitHubStandIn;
  readonly #transport = new Transport(access);
  /** Tests run beside others: whose previews these are tells them apart. */
  readonly made = new Set<string>();
  readonly #pulls: GitHubPullRequests;

  private constructor(standIn: GitHubStandIn) {
    this.standIn = standIn;
    const client = new GitHubClient({ http: new UndiciHttp(), log, apiUrl: standIn.url, token: 'ghs_token', secondMs: 1, patienceMs: 50 });
    const { signal } = new AbortController();
    this.#pulls = new GitHubPullRequests(client, { repository: REPOSITORY, token: 'ghs_token', signal });
  }

  static open = async (): Promise<Stage> => new Stage(await GitHubStandIn.start());

  async clear(): Promise<void> {
    for (const name of this.made) {
      await this.kubernetes.delete({ ...NAMESPACE, name });
      await this.#end(name);
    }
    this.made.clear();
  }

  async close(): Promise<void> {
    this.standIn.close();
    await Promise.all([this.kubernetes.close(), this.#transport.close()]);
  }

  pull(number: number, state: 'open' | 'closed'): void {
    this.standIn.played.pulls.set(number, { number, head: 'a'.repeat(40), state });
  }

  async preview(played: Played): Promise<string> {
    const { number, repositoryId = this.standIn.played.repositoryId, expiresIn = 5 * DAY, warnedIn, name, labels } = played;
    const key = { repositoryId, number };
    const notes = {
      expiresAt: momentText(Date.now() + expiresIn),
      expiresAfter: String((7 * DAY) / 1000),
      ...(warnedIn === undefined ? {} : { warnedAt: momentText(Date.now() + warnedIn) }),
    };
    const metadata = {
      name: name ?? namespaceName(key, `todo-${randomUUID().slice(0, 8)}`),
      labels: { ...previewLabels(key), ...labels },
      annotations: previewNotes(notes),
    };
    await this.kubernetes.create({ ...NAMESPACE, metadata });
    this.made.add(metadata.name);
    return metadata.name;
  }

  /** The API server has no controller that ends namespaces: they would stay for ever, and each list would be longer than the one before. */
  async #end(name: string): Promise<void> {
    const namespace = await this.kubernetes.get({ ...NAMESPACE, name });
    const path = `/api/v1/namespaces/${name}/finalize`;
    if (namespace) await this.#transport.json({ method: 'PUT', path, body: { ...namespace, spec: { finalizers: [] } } }, 'safe');
  }

  /** One pass. */
  async pass({
    cap = 100,
    dryRun = false,
    machine = 0,
    server = 0,
    before,
    choose,
    visited = async (preview) => preview,
  }: Wanted = {}): Promise<Report & { gone: string[] }> {
    const gone: string[] = [];
    const report = await sweepPreviews(
      {
        kubernetes: this.#own(),
        shared: undefined,
        serverTime: async () => ((await this.kubernetes.serverTime()) ?? Number.NaN) + server,
        clock: { ...systemClock, now: () => Date.now() + machine },
        log,
        signal: new AbortController().signal,
        repositoryId: this.standIn.played.repositoryId,
        pullRequest: async (number) => readPullRequest(await this.#pulls.pullRequest(number)),
        visited,
        tend: async () => undefined,
        takeDown: async ({ preview: wanted, why, isDue }): Promise<Receipt> => {
          await before?.(wanted);
          const receipt = { namespace: wanted.namespace, why, gone: [], left: [], unproved: [], ms: 0 };
          const live = await this.kubernetes.get({ ...NAMESPACE, name: wanted.namespace });
          const seen = live && previewIn(live);
          if (!seen || !isDue?.(seen)) return { ...receipt, status: 'kept' };
          await this.kubernetes.delete({ ...NAMESPACE, name: wanted.namespace }, { uid: wanted.uid });
          await this.#end(wanted.namespace);
          gone.push(wanted.namespace);
          return { ...receipt, status: 'gone' };
        },
      },
      { cap, dryRun, limitMs: 10_000, ...(choose && { choose }) },
    );
    return { ...report, gone };
  }

  /** Those of other tests are none of its own. */
  #own(): KubernetesClient {
    const { kubernetes, made } = this;
    const own: KubernetesClient = Object.create(kubernetes, {
      list: {
        value: async (...of: Parameters<KubernetesClient['list']>) => {
          const { items, ...rest } = await kubernetes.list(...of);
          return { ...rest, items: items.filter(({ metadata }) => made.has(metadata.name) && !metadata.deletionTimestamp) };
        },
      },
    });
    return Object.assign(own, { get: kubernetes.get.bind(kubernetes) });
  }
}
