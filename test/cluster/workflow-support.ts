import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import type { LoadResult } from '../../demo/load/model.ts';
import { RunningLoad } from '../../demo/load/run.ts';
import { runWorkflow, type WorkflowResult, type WorkflowRun } from '../../demo/workflow/act.ts';
import { clusterSecrets } from '../../demo/workflow/credentials.ts';
import type { UserRepository } from '../../demo/workflow/repository.ts';
import { keepOutputsOf, VERSION_HEADER, WORKFLOW } from '../../demo/workflow/yaml.ts';
import { examplesOf } from '../../scripts/lint/markdown.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { githubActions } from '../support/github-actions.ts';

export interface App {
  /** Folder below test/charts. */
  chart: string;
  release: string;
  namespace: string;
  host: string;
  values: (image: string) => string;
  image: string;
  /** Stable Services. */
  services: string[];
  smoke: string;
  podSecurity: 'restricted' | 'baseline';
}

/** test/apps/pair by its own chart, in a namespace of its own. */
export const pairIn = (namespace: string, host: string): App => ({
  chart: 'pair',
  release: 'pair',
  namespace,
  host,
  image: 'pair',
  services: ['pair-backend', 'pair-frontend'],
  smoke: '- {service: pair-frontend, path: /}',
  podSecurity: 'restricted',
  values: (image) => `image: {repository: ${image}}
autoscaling: {enabled: false}
ingress: {className: traefik, host: ${host}}
`,
});

interface LiveService {
  spec: { selector: Record<string, string> };
  metadata: { managedFields: { manager: string; fieldsV1: { 'f:spec'?: Record<string, unknown> } }[] };
}

/** A machine that runs workflows against the embedded cluster, and looks at what came of it. */
export class WorkflowMachine {
  readonly cluster: ClusterEnvironment = clusterEnvironment();
  readonly runner = new NodeProcessRunner({ env: process.env });
  /** Scratch folder. */
  readonly work: string = mkdtempSync(join(tmpdir(), 'todo-deploy-workflow-'));
  /** Folder of this product for act; set before the first run. */
  product = '';
  secrets: Record<string, string> = {};

  static async create(): Promise<WorkflowMachine> {
    const machine = new WorkflowMachine();
    machine.secrets = await clusterSecrets(machine.cluster, machine.runner);
    return machine;
  }

  close(): void {
    rmSync(this.work, { recursive: true, force: true });
  }

  async kubectl(...args: string[]): Promise<string> {
    const { stdout } = await this.runner.run({ command: ['kubectl', ...args], env: this.cluster.env, timeoutMs: 180_000 });
    return stdout;
  }

  run(
    repository: UserRepository,
    how: Partial<Pick<WorkflowRun, 'workflow' | 'event' | 'payload' | 'secrets' | 'variables'>> = {},
  ): Promise<WorkflowResult> {
    return runWorkflow(
      {
        repository: repository.dir,
        workflow: WORKFLOW,
        event: 'push',
        secrets: this.secrets,
        env: { ...this.cluster.env, CHECKOUT_FROM: repository.dir },
        actions: { 'org/todo-deploy@v1': this.product, ...githubActions(this.product) },
        timeoutMs: 300_000,
        onLine: () => {},
        ...how,
      },
      this.runner,
    );
  }

  /** Runs `body` under traffic through the Ingress, which goes on until `least` requests were sent. */
  async underLoad<T>(host: string, { rate, least }: { rate: number; least: number }, body: () => Promise<T>): Promise<[T, LoadResult]> {
    const traffic = new RunningLoad(
      {
        targets: this.cluster.ingress.http,
        host,
        paths: ['/'],
        sources: this.cluster.loadSources,
        rate,
        maxSeconds: 600,
        maxRequests: 200_000,
        timeoutMs: 10_000,
        versionHeader: VERSION_HEADER,
      },
      join(this.work, `load-${Date.now()}.json`),
    );
    try {
      const result = await body();
      while (traffic.progress.sent < least) await new Promise((resolve) => setTimeout(resolve, 200));
      return [result, await traffic.stop()];
    } catch (error) {
      await traffic.stop();
      throw error;
    }
  }

  async service(app: App, name: string): Promise<LiveService> {
    return JSON.parse(
      await this.kubectl('get', 'service', name, '--namespace', app.namespace, '--output', 'json', '--show-managed-fields'),
    ) as LiveService;
  }

  /** What each stable Service selects. */
  colorOf(app: App): Promise<(string | undefined)[]> {
    return Promise.all(app.services.map(async (name) => (await this.service(app, name)).spec.selector['todo-deploy.dev/color']));
  }
}

/** Fails with the runner's log, which says more than a comparison of outputs. */
export function expectGreen(result: WorkflowResult): void {
  if (!result.success) throw new Error(`The job is red:\n${result.log.slice(-60).join('\n')}`);
}

/** The first workflow of that name that a page shows, or a file to copy. */
function documented(path: string, name: string): Record<string, unknown> & { jobs: Record<string, Record<string, unknown>> } {
  const file = readFileSync(join(ROOT, path), 'utf8');
  const texts = path.endsWith('.md') ? examplesOf(path, file).map(({ text }) => text) : [file];
  const examples = texts.map((text) => parse(text));
  const found = examples.find((example) => example?.name === name);
  if (found === undefined) throw new Error(`${path} shows no workflow with the name ${name}`);
  return found;
}

interface Example {
  /** The page that shows it, or a file to copy. */
  docs: string;
  name: string;
  /** Id of its job; left out: its name. */
  job?: string;
  /** Inputs that are otherwise for this app and cluster. */
  changed: Readonly<Record<string, unknown>>;
  /** Inputs that it goes without; DigitalOcean's, and an environment of GitHub's. */
  without?: readonly string[];
  secrets?: Readonly<Record<string, string>> | undefined;
}

/** Writes an example of the documentation into a repository, with a job that stores the outputs. Returns its path. */
export function writeExample(
  repository: UserRepository,
  { docs, name, job = name, changed, without = ['cluster', 'environment'], secrets }: Example,
): string {
  const { jobs, ...rest } = documented(docs, name);
  const shown = Object.entries((jobs[job]?.with ?? {}) as Record<string, unknown>);
  const inputs = { ...Object.fromEntries(shown.filter(([input]) => !without.includes(input))), ...changed };
  const called = { ...jobs[job], with: inputs, ...(secrets === undefined ? {} : { secrets }) };
  const path = `.github/workflows/${name}.yml`;
  repository.write(path, stringify({ ...rest, jobs: { ...jobs, [job]: called, keep: keepOutputsOf(job) } }, { lineWidth: 0 }));
  return path;
}
