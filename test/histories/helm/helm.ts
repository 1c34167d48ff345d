import type { Clock } from '../../../src/interfaces/clock.ts';
import { ProcessError } from '../../../src/interfaces/errors.ts';
import type {
  Helm,
  HelmApply,
  HelmRelease,
  HelmRender,
  HelmRenderOptions,
  HelmTest,
  HelmTestResult,
  PartChart,
} from '../../../src/interfaces/helm.ts';
import type { Kubernetes, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { titleOf } from '../../../src/split/kinds/objects.ts';
import { unpack } from '../../../src/split/part/pack.ts';
import { HOOK_ANNOTATION } from '../../../src/split/read/hooks.ts';
import { runHooks } from './hooks.ts';
import { Objects, objectsIn, ownedBy } from './objects.ts';
import { helmError, type Kept, Records, type Record as Release, releaseOf } from './records.ts';

/** How long the program takes to start, ms. */
const START_MS = 250;
const PENDING = ['pending-install', 'pending-upgrade', 'pending-rollback'];

type Deps = { kubernetes: Kubernetes; clock: Clock; render: (options: HelmRenderOptions) => HelmRender };

/** Helm 4 as this product uses it, over an API in memory: the same records, the same objects, the same order of writes. */
export class MemoryHelm implements Helm {
  readonly #deps: Deps;
  readonly #records: Records;
  readonly #objects: Objects;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#records = new Records(deps.kubernetes);
    this.#objects = new Objects(deps.kubernetes);
  }

  async render(options: HelmRenderOptions): Promise<HelmRender> {
    await this.#started(options.signal);
    return this.#deps.render(options);
  }

  /** `helm upgrade --install`. */
  async apply(options: HelmApply): Promise<HelmRelease> {
    await this.#started(options.signal);
    const { release, part, values, description } = options;
    const known = await this.#said(this.#records.all(release));
    const last = known.at(-1);
    const installs = last === undefined || last.record.info.status === 'uninstalled';
    const current = installs ? undefined : currentOf(known);
    const { templates } = part;
    const manifest = manifestOf(templates);
    const target = objectsIn(templates).map((object) => ownedBy(object, release, this.#deps.kubernetes.namespace));
    await this.#said(this.#objects.requireOwned(target, current ? manifestObjects(current.record) : [], release));
    const record: Release = {
      name: release,
      version: (last?.record.version ?? 0) + 1,
      info: { status: installs ? 'pending-install' : 'pending-upgrade', description: 'Preparing', last_deployed: this.#time() },
      chart: recordedChart(part),
      config: values,
      manifest,
    };
    if (installs && last) await this.#said(this.#records.setStatus(last, 'superseded'));
    const made = await this.#said(this.#records.create(record, known));
    try {
      const events = installs ? ['pre-install', 'post-install'] : ['pre-upgrade', 'post-upgrade'];
      const hooks = hooksOf(templates);
      if (!options.noHooks) await runHooks(this.#deps, hooks, events[0] ?? '', options.timeoutMs);
      await this.#objects.update(target, current ? manifestObjects(current.record) : [], release);
      if (!options.noHooks) await runHooks(this.#deps, hooks, events[1] ?? '', options.timeoutMs);
    } catch (error) {
      if (current) await this.#tried(this.#records.setStatus(current, current.record.info.status));
      await this.#tried(this.#records.setStatus(made, 'failed', `Upgrade "${release}" failed`));
      throw error instanceof ProcessError ? error : helmError(`UPGRADE FAILED: ${text(error)}`);
    }
    // Whether that arrives Helm does not ask.
    if (current) await this.#tried(this.#records.setStatus(current, 'superseded'));
    const done = await this.#said(this.#records.setStatus(made, 'deployed', description));
    return releaseOf(done.record, this.#deps.kubernetes.namespace);
  }

  async validate(options: HelmApply): Promise<void> {
    await this.#started(options.signal);
    const known = await this.#said(this.#records.all(options.release));
    const current = known.at(-1)?.record.info.status === 'uninstalled' || known.length === 0 ? undefined : currentOf(known);
    const target = objectsIn(options.part.templates).map((object) => ownedBy(object, options.release, this.#deps.kubernetes.namespace));
    await this.#said(this.#objects.requireOwned(target, current ? manifestObjects(current.record) : [], options.release));
  }

  async history(release: string): Promise<HelmRelease[]> {
    await this.#started();
    return (await this.#said(this.#records.all(release))).map(({ record }) => releaseOf(record, this.#deps.kubernetes.namespace));
  }

  async manifest(release: string, revision?: number): Promise<string | undefined> {
    const found = await this.#revision(release, revision);
    return found?.record.manifest;
  }

  async recordedPart(release: string, revision?: number): Promise<{ part: PartChart; values: Record<string, unknown> } | undefined> {
    const found = await this.#revision(release, revision);
    return found && { part: partOf(found.record), values: found.record.config };
  }

  async #revision(release: string, revision?: number): Promise<Kept | undefined> {
    if (revision !== undefined) return await this.#records.get(release, revision);
    await this.#started();
    return (await this.#said(this.#records.all(release))).findLast(({ record }) => record.info.status === 'deployed');
  }

  async uninstall({
    release,
    keepHistory,
  }: {
    release: string;
    noHooks: boolean;
    timeoutMs: number;
    keepHistory?: boolean;
  }): Promise<void> {
    await this.#started();
    const known = await this.#said(this.#records.all(release));
    const last = known.at(-1);
    if (!last) return;
    if (last.record.info.status === 'uninstalled') {
      if (!keepHistory) await this.#said(this.#records.purge(known));
      return;
    }
    const going = await this.#tried(this.#records.setStatus(last, 'uninstalling', 'Deletion in progress (or silently failed)'));
    await this.#said(this.#objects.remove(manifestObjects(last.record), release));
    if (!keepHistory) return await this.#said(this.#records.purge(known));
    await this.#tried(this.#records.setStatus(going ?? last, 'uninstalled', 'Uninstallation complete'));
    for (const kept of known.slice(0, -1).filter(({ record }) => record.info.status === 'deployed')) {
      await this.#tried(this.#records.setStatus(kept, 'superseded'));
    }
  }

  async clearPending(release: string): Promise<boolean> {
    const all = await this.#records.all(release);
    const pending = all.filter(({ record }) => PENDING.includes(record.info.status));
    const going = all.filter(({ record }) => record.info.status === 'uninstalling');
    for (const kept of pending) await this.#records.setStatus(kept, 'failed', 'The run that made this revision was killed');
    for (const kept of going) await this.#records.setStatus(kept, 'superseded');
    return pending.length + going.length > 0;
  }

  async giveBack(release: string, revision: number): Promise<void> {
    const known = await this.#records.all(release);
    const wanted = known.find(({ record }) => record.version === revision);
    if (!wanted) throw helmError(`Helm no longer has revision ${revision} of ${release}`);
    if (wanted.record.info.status !== 'deployed') await this.#records.setStatus(wanted, 'deployed');
    await this.#records.purge(known.filter(({ record }) => record.version > revision));
  }

  async test({ release, timeoutMs }: HelmTest): Promise<HelmTestResult> {
    const found = await this.#revision(release);
    if (!found) return { passed: false, output: 'Error: release: not found', failed: [] };
    const tests = hooksOf(partOf(found.record).templates);
    try {
      await runHooks(this.#deps, tests, 'test', timeoutMs);
      return { passed: true, output: '', failed: [] };
    } catch (error) {
      const output = error instanceof ProcessError ? error.stderr : `Error: ${text(error)}`;
      return { passed: false, output, failed: tests.map(titleOf).filter((title) => output.includes(title.split('/')[1] ?? title)) };
    }
  }

  crds = async (): Promise<string> => '';

  #started = (signal?: AbortSignal): Promise<void> => this.#deps.clock.sleep(START_MS, signal);
  #time = (): string => new Date(this.#deps.clock.now()).toISOString();

  /** What the API says, as Helm says it. */
  async #said<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw error instanceof ProcessError ? error : helmError(text(error));
    }
  }

  /** Helm only logs that these fail. */
  #tried = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an upgrade starts from: the last revision that was deployed; where there is none, the last one, unless Helm refuses that. */
function currentOf(known: readonly Kept[]): Kept | undefined {
  const last = known.at(-1);
  const status = last?.record.info.status ?? '';
  if (PENDING.includes(status)) throw helmError('UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress');
  const deployed = known.findLast(({ record }) => record.info.status === 'deployed');
  if (deployed) return deployed;
  if (status === 'failed' || status === 'superseded') return last;
  throw helmError(`UPGRADE FAILED: "${last?.record.name}" has no deployed releases`);
}

const isHook = (object: KubernetesObject): boolean => object.metadata.annotations?.[HOOK_ANNOTATION] !== undefined;
const hooksOf = (templates: PartChart['templates']): KubernetesObject[] => objectsIn(templates, true).filter(isHook);
const manifestOf = (templates: PartChart['templates']): string =>
  Object.entries(templates)
    .filter(([, content]) => !isHook(JSON.parse(content)))
    .map(([, content]) => `---\n${content}`)
    .join('');
const manifestObjects = (record: Release): KubernetesObject[] => objectsIn(partOf(record).templates);

const recordedChart = ({ chart, templates }: PartChart): Release['chart'] => ({
  metadata: chart,
  templates: Object.entries(templates).map(([name, content]) => ({
    name: `templates/${name}`,
    data: Buffer.from(content).toString('base64'),
  })),
});

export const partOf = ({ chart }: Pick<Release, 'chart'>): PartChart => ({
  chart: chart.metadata,
  templates: Object.fromEntries(
    chart.templates.map(({ name, data }) => [name.replace('templates/', ''), Buffer.from(data, 'base64').toString()]),
  ),
});

/** The objects of a part, hooks left out, as they are compared. */
export const objectsOfPart = (part: PartChart): KubernetesObject[] =>
  unpack(part)
    .map(({ object }) => object)
    .filter((object) => !isHook(object));
