import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type {
  Helm,
  HelmApply,
  HelmRelease,
  HelmRender,
  HelmRenderOptions,
  HelmTest,
  HelmTestResult,
  PartChart,
} from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import { withoutObjects } from '../kubernetes/refused-values.ts';
import type { Passage, Relay } from '../kubernetes/relay.ts';
import { applyArguments, positional, renderArguments, seconds, targetArguments, uninstallArguments } from './arguments.ts';
import { explainedPull, registryConfig, repositoryOfChart } from './chart-login.ts';
import { lacksDependencies, withDependencies } from './dependencies.ts';
import { HELM_VARIABLES, helmSettings } from './environment.ts';
import { isNotFound, parseHistory, parseRelease, parseRender } from './output.ts';
import { fromRecorded, writeChart } from './part-chart.ts';
import { decodeRelease, releaseSecret, SECRET, withStatus } from './release-secret.ts';
import { type TestEnds, testEnds } from './test-record.ts';

const QUICK_MS = 60_000;
/** Rendering may fetch the chart from a registry. */
const RENDER_MS = 120_000;
/** Helm's own limit is for one operation; this much later the program is taken for stuck. */
const MARGIN_MS = 60_000;

export interface HelmCliOptions {
  /** Where the releases are. */
  namespace: string;
  runner: ProcessRunner;
  /** What to start; asked for when Helm is first needed. */
  helmPath: string | (() => Promise<string>);
  /** Variables of helpers of docker's logins. */
  logins?: readonly string[] | undefined;
  /** The login to read a chart's repository (`host/path`) with; undefined for Helm's own and docker's. */
  loginFor?: ((repository: string) => Promise<RegistryLogin | undefined>) | undefined;
  /** For the recorded releases. */
  kubernetes: Kubernetes;
  /** Helm's own way to the same cluster. */
  relay: Relay;
  files: PrivateFiles;
}

/** The program `helm`, version 4. */
export class HelmCli implements Helm {
  readonly #options: HelmCliOptions;
  #path: Promise<string> | undefined;
  #plugins: string | undefined;
  /** Copies of charts whose dependencies had to be fetched, by the chart's path. */
  readonly #completed = new Map<string, string>();

  constructor(options: HelmCliOptions) {
    this.#options = options;
  }

  async #run(args: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<RunResult> {
    const { runner, helmPath, files, relay, namespace } = this.#options;
    this.#plugins ??= files.directory('helm-plugins');
    this.#path ??= typeof helmPath === 'string' ? Promise.resolve(helmPath) : helmPath();
    const path = await this.#path;
    const way = await relay.passage();
    const kubeconfig = files.file('helm-kubeconfig', way.kubeconfig);
    const run = runner.run({
      command: [path, ...args, ...targetArguments({ kubeconfig, context: way.context, namespace })],
      passes: [...HELM_VARIABLES, ...(this.#options.logins ?? [])],
      env: helmSettings(this.#plugins),
      timeoutMs,
      failure: 'helm-failed',
      signal,
    });
    return await run.catch((error: unknown) => Promise.reject(explained(error, way))).finally(() => way.close());
  }

  async render(options: HelmRenderOptions): Promise<HelmRender> {
    const inline = options.values.inline === undefined ? [] : [this.#options.files.file('values.yaml', options.values.inline)];
    const { release, chart, version, install, lookups, signal } = options;
    const render = async (): Promise<HelmRender> => {
      const valueFiles = [...options.values.files, ...inline];
      const args = renderArguments({ release, chart: this.#completed.get(chart) ?? chart, version, install, lookups, valueFiles });
      return parseRender((await this.#withChart(chart, args, signal)).stdout);
    };
    try {
      return await render();
    } catch (error) {
      if (!lacksDependencies(error)) throw error;
      const { files } = this.#options;
      this.#completed.set(chart, await withDependencies(chart, error, { files, run: (args) => this.#run(args, RENDER_MS, signal) }));
      return await render();
    }
  }

  /** Runs what reads the chart: one in a registry with a login of ours, where there is one. */
  async #withChart(chart: string, args: readonly string[], signal?: AbortSignal): Promise<RunResult> {
    const repository = repositoryOfChart(chart);
    const login = repository === undefined ? undefined : await this.#options.loginFor?.(repository);
    try {
      if (repository === undefined || login === undefined) return await this.#run(args, RENDER_MS, signal);
      const config = this.#options.files.file('registry-config.json', registryConfig(repository, login));
      return await this.#run([...args, `--registry-config=${config}`], RENDER_MS, signal);
    } catch (error) {
      throw explainedPull(error, chart, login !== undefined);
    }
  }

  #applyArguments(options: HelmApply, dryRun: boolean): string[] {
    const { release, part, values, description, timeoutMs, noHooks, takeOwnership } = options;
    const folder = this.#options.files.directory(`chart-${release}`);
    writeChart(folder, part);
    const valuesFile = this.#options.files.file('values.json', JSON.stringify(values));
    return applyArguments({ release, folder, valuesFile, description, timeoutMs, noHooks, takeOwnership, dryRun });
  }

  async apply(options: HelmApply): Promise<HelmRelease> {
    const args = this.#applyArguments(options, false);
    return parseRelease((await this.#run(args, options.timeoutMs + MARGIN_MS, options.signal)).stdout);
  }

  async validate(options: HelmApply): Promise<void> {
    await this.#run(this.#applyArguments(options, true), RENDER_MS, options.signal);
  }

  async history(release: string): Promise<HelmRelease[]> {
    const args = ['history', positional(release, 'a release'), '--output=json', '--max=256'];
    const result = await this.#ifFound(args);
    return result === undefined ? [] : parseHistory(result.stdout, release, this.#options.namespace);
  }

  async manifest(release: string, revision?: number): Promise<string | undefined> {
    return (await this.#ifFound(['get', 'manifest', positional(release, 'a release'), `--revision=${revision ?? 0}`]))?.stdout;
  }

  async recordedPart(release: string, revision?: number): Promise<{ part: PartChart; values: Record<string, unknown> } | undefined> {
    const wanted = revision ?? startOf(await this.history(release));
    if (wanted === undefined) return undefined;
    const secret = await this.#options.kubernetes.get(releaseSecret(release, wanted));
    if (secret === undefined) return undefined;
    const recorded = decodeRelease(secret);
    return { part: fromRecorded(recorded.chart), values: recorded.config ?? {} };
  }

  async uninstall(options: { release: string; noHooks: boolean; timeoutMs: number; keepHistory?: boolean }): Promise<void> {
    try {
      await this.#run(uninstallArguments(options), options.timeoutMs + MARGIN_MS);
    } catch (error) {
      // A release that keeps its history can be uninstalled once.
      if (!(error instanceof ProcessError) || !/is already deleted/.test(error.stderr)) throw error;
    }
  }

  async clearPending(release: string): Promise<boolean> {
    const { kubernetes } = this.#options;
    const { items } = await kubernetes.list(SECRET, {
      labelSelector: `owner=helm,name=${release},status in (pending-install,pending-upgrade,pending-rollback,uninstalling)`,
    });
    for (const secret of items) {
      // What was to be removed had worked, and some of it may be there: the next change starts from it.
      const worked = secret.metadata.labels?.status === 'uninstalling';
      const changed = worked
        ? withStatus(secret, 'superseded')
        : withStatus(secret, 'failed', 'The run that made this revision was killed');
      await kubernetes.replace(changed);
    }
    return items.length > 0;
  }

  async giveBack(release: string, revision: number): Promise<void> {
    const { kubernetes } = this.#options;
    const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release}` });
    const numberOf = (secret: Secret): number => Number(secret.metadata.labels?.version);
    const wanted = items.find((secret) => numberOf(secret) === revision);
    if (!wanted && revision > 0) throw new ToolError(`Helm no longer has revision ${revision} of ${release}`);
    if (wanted && wanted.metadata.labels?.status !== 'deployed') await kubernetes.replace(withStatus(wanted, 'deployed'));
    for (const later of items.filter((secret) => numberOf(secret) > revision)) {
      await kubernetes.delete({ ...SECRET, name: later.metadata.name }, { uid: later.metadata.uid });
    }
  }

  async test({ release, timeoutMs, signal }: HelmTest): Promise<HelmTestResult> {
    const args = ['test', positional(release, 'a release'), '--logs', `--timeout=${seconds(timeoutMs)}`];
    const since = Date.now();
    try {
      const { stdout } = await this.#run(args, timeoutMs + MARGIN_MS, signal);
      return { passed: true, output: stdout, failed: [] };
    } catch (error) {
      if (!(error instanceof ProcessError) || error.exitCode === undefined) throw error;
      return { ...(await this.#testEnds(release, since)), output: error.stderr };
    }
  }

  async #testEnds(release: string, since: number): Promise<TestEnds> {
    const { items } = await this.#options.kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release}` });
    const revision = ({ metadata }: (typeof items)[number]): number => Number(metadata.labels?.version ?? 0);
    const [newest] = items.sort((a, b) => revision(b) - revision(a));
    return newest ? testEnds(decodeRelease(newest), since) : { passed: false, failed: [] };
  }

  async crds(chart: string, version?: string): Promise<string> {
    const args = [
      'show',
      'crds',
      positional(this.#completed.get(chart) ?? chart, 'a chart'),
      ...(version === undefined ? [] : [`--version=${version}`]),
    ];
    return (await this.#withChart(chart, args)).stdout;
  }

  async #ifFound(args: readonly string[]): Promise<RunResult | undefined> {
    try {
      return await this.#run(args, QUICK_MS);
    } catch (error) {
      if (error instanceof ProcessError && isNotFound(error.stderr)) return undefined;
      throw error;
    }
  }
}

/** Pure: the revision that Helm's next change starts from: the last that is deployed, else one whose change did not end. */
function startOf(history: readonly HelmRelease[]): number | undefined {
  const newest = history.at(-1);
  const deployed = history.filter(({ status }) => status === 'deployed').at(-1);
  return (deployed ?? (newest && ['failed', 'superseded'].includes(newest.status) ? newest : undefined))?.revision;
}

/** Words for a server in trouble that Helm puts in place of the server's own. */
const WORDLESS = /an error on the server|unable to (handle|return a response)|too many requests/i;

/** A failure that is the API server's is told as that, whatever Helm was doing: it says nothing about the chart. Its last line says which. */
function explained(error: unknown, { failure, told }: Passage): unknown {
  if (!(error instanceof ProcessError)) return error;
  const stderr = withoutObjects(told(error.stderr));
  if (!failure || !(stderr.includes(failure.message) || WORDLESS.test(stderr))) return new ProcessError({ ...error, stderr });
  return new ProcessError({ ...error, stderr: `${stderr.trimEnd()}\n${failure.message}`, reason: failure.reason, hint: failure.hint });
}
