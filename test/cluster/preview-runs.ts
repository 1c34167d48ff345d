import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { HOLDER } from '../../src/actions/shared/who.ts';
import { NAMESPACE } from '../../src/deploy/kube/names.ts';
import { PREVIEW_LABEL } from '../../src/preview/model/index.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../src/tools/kubernetes/load.ts';
import { RELEASE } from '../api/preview/play/app.ts';
import type { Sent } from '../api/preview/play/events.ts';
import type { Gate } from '../api/preview/play/gate.ts';
import type { Listener } from '../api/preview/play/kubelets.ts';
import { LABEL, type Repository } from '../api/preview/play/repository.ts';
import type { Ended, Runner } from '../api/preview/play/run.ts';
import { type ActionCall, type Child, runAction } from '../support/action.ts';

interface Image {
  repository: string;
  tag: string;
  /** Where its pull Secret is. */
  namespace: string;
}

/** The built actions as child processes, killed and cancelled as GitHub's runner does it. */
export class ChildRunner implements Runner {
  readonly #folder = mkdtempSync(join(tmpdir(), 'preview-history-'));
  readonly #repository: Repository;
  readonly #image: Image;
  readonly #env: Readonly<Record<string, string>>;
  #runs = 0;

  constructor(repository: Repository, image: Image, env: Readonly<Record<string, string>>) {
    this.#repository = repository;
    this.#image = image;
    this.#env = env;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** No fork's commit is played here. */
  readonly base = '';

  preview = (gate: Gate, sent: Sent): Promise<Ended> => this.#run(gate, this.#ofPreview(gate, sent));

  plan = (gate: Gate, sent: Sent): Promise<Ended> => this.preview(gate, { ...sent, inputs: { ...sent.inputs, mode: 'plan' } });

  afterPreview = (gate: Gate, sent: Sent, { holder }: Ended): Promise<Ended> =>
    this.#run(gate, { ...this.#ofPreview(gate, sent), step: 'post', state: { [HOLDER]: holder } });

  janitor(gate: Gate): Promise<Ended> {
    const inputs = { colors: 'false', drills: 'false', 'registry-tags': 'false', cap: '100', timeout: '5m' };
    return this.#run(gate, { action: 'actions/janitor', ...this.#common(gate, 'schedule', {}, inputs) });
  }

  #ofPreview(gate: Gate, { event, payload, head, quality, inputs: more }: Sent): ActionCall {
    const { label, drafts, max } = this.#repository.settings;
    const { repository, tag, namespace } = this.#image;
    const values = {
      // What cannot be pulled never starts.
      image: { repository, tag: quality === 'good' ? tag : 'is-not-there' },
      imagePullSecrets: [{ name: PULL_SECRET }],
      env: { VERSION: head },
    };
    const inputs = {
      domain: 'preview.example.com',
      chart: 'test/charts/small',
      release: RELEASE,
      values: JSON.stringify(values),
      'copy-secrets': `${namespace}/${PULL_SECRET}`,
      'image-pull-secrets': PULL_SECRET,
      drafts,
      max: String(max),
      timeout: '5m',
      ...(label && { label: LABEL }),
      ...more,
    };
    return { action: 'actions/preview', cwd: ROOT, ...this.#common(gate, event, payload, inputs) };
  }

  #common(gate: Gate, event: string, payload: object, inputs: Readonly<Record<string, string>>): Pick<ActionCall, 'inputs' | 'env'> {
    const eventPath = join(this.#folder, `event-${++this.#runs}.json`);
    writeFileSync(eventPath, JSON.stringify(payload));
    return {
      inputs: { kubeconfig: gate.kubeconfig, 'github-token': 'ghs_token', ...inputs },
      env: {
        ...this.#env,
        GITHUB_ACTOR: 'ada',
        GITHUB_API_URL: gate.githubUrl,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: eventPath,
        GITHUB_REPOSITORY: 'acme/todo',
        GITHUB_REPOSITORY_ID: String(this.#repository.id),
        GITHUB_RUN_ID: String(this.#runs),
      },
    };
  }

  async #run(gate: Gate, call: ActionCall): Promise<Ended> {
    let child: Child | undefined;
    let killed = false;
    void gate.killed.then(() => {
      killed = true;
      child?.kill('SIGKILL');
    });
    gate.signal.addEventListener('abort', () => child?.kill('SIGINT'), { once: true });
    const onStart = (started: Child): void => {
      child = started;
    };
    const { exitCode, outputs, log, state } = await runAction({ ...call, onStart });
    const why = log.find((line) => line.startsWith('::error')) ?? log.slice(-3).join('\n');
    return { how: killed ? 'killed' : exitCode === 0 ? 'green' : { error: why }, outputs, log, holder: state[HOLDER] ?? '' };
  }
}

/** Namespaces of previews, as a cluster tells of them. */
export class Namespaces {
  readonly #kubernetes: KubernetesClient;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<Listener>();
  readonly #deployed = new Set<string>();
  #watching: Promise<void> = Promise.resolve();

  constructor(access: ClusterAccess) {
    this.#kubernetes = new KubernetesClient(access, { namespace: 'default' });
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await this.#kubernetes.close();
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** One that says what commit is deployed has workloads. */
  workloadsIn = (uid: string): number => (this.#deployed.has(uid) ? 1 : 0);

  async #watch(): Promise<void> {
    const options = { labelSelector: PREVIEW_LABEL, signal: this.#stop.signal };
    for await (const { type, object } of this.#kubernetes.watch(NAMESPACE, options)) {
      if (object.metadata.annotations?.['todo-deploy.dev/preview-head']) this.#deployed.add(object.metadata.uid ?? '');
      for (const listener of this.#listeners) listener(object, type);
    }
  }
}
