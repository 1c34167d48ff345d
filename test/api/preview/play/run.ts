import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJanitorInputs } from '../../../../src/actions/janitor/inputs.ts';
import { runJanitor } from '../../../../src/actions/janitor/run.ts';
import { readInputs } from '../../../../src/actions/preview/main.ts';
import { afterPreview } from '../../../../src/actions/preview/post.ts';
import { runPreview } from '../../../../src/actions/preview/run.ts';
import { HOLDER } from '../../../../src/actions/shared/who.ts';
import type { Log } from '../../../../src/interfaces/log.ts';
import { type ActionContext, createContext } from '../../../../src/runtime/action.ts';
import { MemoryHelm } from '../../../histories/helm/helm.ts';
import { RELEASE, renderSmall, valuesText } from './app.ts';
import type { Checkout } from './checkout.ts';
import type { Sent } from './events.ts';
import type { Gate } from './gate.ts';
import { LABEL, type Repository } from './repository.ts';

/** The program that wakes previews. */
const WAKER = 'registry.example/todo-deploy:v1';

/** How a run ended. */
export interface Ended {
  /** `green`, or why it is not. */
  how: 'green' | 'killed' | { error: string };
  outputs: Readonly<Record<string, string>>;
  log: readonly string[];
  /** For the post step. */
  holder: string;
}

/** How runs of one history are carried out. */
export interface Runner {
  /** The commit of the base branch that its checkout is at. */
  readonly base: string;
  preview(gate: Gate, sent: Sent): Promise<Ended>;
  /** What is to be done for a fork's commit, by the trusted workflow. */
  plan(gate: Gate, sent: Sent): Promise<Ended>;
  /** What GitHub's runner starts after the main step, however that ended. */
  afterPreview(gate: Gate, sent: Sent, ended: Ended): Promise<Ended>;
  janitor(gate: Gate): Promise<Ended>;
  remove(): void;
}

/** In this process; a checkout with a chart, and room for events. */
export class OwnRunner implements Runner {
  readonly #checkout: Checkout;
  readonly #folder = mkdtempSync(join(tmpdir(), 'preview-history-'));
  readonly #repository: Repository;
  #runs = 0;

  constructor(repository: Repository, checkout: Checkout) {
    this.#repository = repository;
    this.#checkout = checkout;
    mkdirSync(join(this.#folder, 'temp'));
  }

  get base(): string {
    return this.#checkout.commit;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  preview = (gate: Gate, sent: Sent): Promise<Ended> =>
    this.#run('preview', gate, this.#ofPreview(gate, sent), (context) => runPreview(context, readInputs(context)));

  plan = (gate: Gate, sent: Sent): Promise<Ended> =>
    this.preview(gate, { ...sent, inputs: { ...sent.inputs, mode: 'plan', approval: 'preview-fork' } });

  afterPreview = (gate: Gate, sent: Sent, { holder }: Ended): Promise<Ended> =>
    this.#run('preview', gate, { ...this.#ofPreview(gate, sent), [`STATE_${HOLDER}`]: holder }, afterPreview);

  janitor(gate: Gate): Promise<Ended> {
    const inputs = { colors: 'false', drills: 'false', 'registry-tags': 'false', cap: '100', timeout: '5m', 'waker-image': WAKER };
    return this.#run('janitor', gate, this.#common(gate, 'schedule', {}, inputs), (context) =>
      runJanitor(context, readJanitorInputs(context)),
    );
  }

  #ofPreview(gate: Gate, { event, payload, head, quality, inputs }: Sent): Record<string, string> {
    const { label, drafts, sleeps, max, claim } = this.#repository.settings;
    return this.#common(gate, event, payload, {
      domain: 'preview.example.com',
      chart: 'chart',
      release: RELEASE,
      values: valuesText({ version: head, quality, claim }),
      drafts: inputs.forks && drafts === 'asleep' ? 'up' : drafts,
      'sleep-after': sleeps ? '1h' : 'off',
      'waker-image': WAKER,
      max: String(max),
      timeout: '5m',
      ...(label && { label: LABEL }),
      ...inputs,
    });
  }

  #common(gate: Gate, event: string, payload: object, inputs: Readonly<Record<string, string>>): Record<string, string> {
    const eventPath = join(this.#folder, `event-${++this.#runs}.json`);
    writeFileSync(eventPath, JSON.stringify(payload));
    const given = { kubeconfig: gate.kubeconfig, 'github-token': 'ghs_token', ...inputs };
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#folder,
      GITHUB_ACTOR: 'ada',
      GITHUB_API_URL: gate.githubUrl,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_REPOSITORY: 'acme/todo',
      GITHUB_REPOSITORY_ID: String(this.#repository.id),
      GITHUB_RUN_ID: String(this.#runs),
      GITHUB_WORKSPACE: this.#checkout.folder,
      RUNNER_TEMP: join(this.#folder, 'temp'),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    };
  }

  async #run(
    name: string,
    gate: Gate,
    variables: Readonly<Record<string, string>>,
    body: (context: ActionContext) => Promise<void>,
  ): Promise<Ended> {
    const log: string[] = [];
    const context: ActionContext = {
      ...createContext(name, gate.signal, variables, { log: () => quiet(log), showOutputs: false }),
      clock: gate.clock,
      // The program takes a second for each of its calls; the rest is the product's own.
      helm: (kubernetes) =>
        new MemoryHelm({ kubernetes, clock: gate.clock, render: (options) => renderSmall(kubernetes.namespace, options) }),
    };
    const running = body(context).then(
      () => 'green' as const,
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    const how = await Promise.race([running, gate.killed]);
    return { how, outputs: context.outputs.all(), log, holder: context.state.get(HOLDER) };
  }
}

function quiet(lines: string[]): Log {
  const say = (text: string): void => void lines.push(text);
  return {
    info: say,
    debug: () => undefined,
    notice: say,
    warning: say,
    error: say,
    group: (title, body) => {
      say(`# ${title}`);
      return body();
    },
  };
}
