import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { maxSatisfying } from 'semver';
import { parse } from 'yaml';

/** A public repository of charts at one commit. */
export interface Collection {
  /** `owner/name` at GitHub. */
  repository: string;
  commit: string;
  /** Folders of the charts in it. */
  charts: string[];
}

interface Chart {
  collection: Collection;
  path: string;
  name: string;
  version: string;
  dependencies: { name: string; version?: string }[];
}

/** Clones of collections below one folder, as `<owner>/<name>`, bare or not. */
export class Clones {
  readonly #folder: string;
  readonly #index = new Map<string, Chart[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a clone of it is there. */
  has(repository: string): boolean {
    return existsSync(join(this.#folder, repository));
  }

  async #git(collection: Collection, ...args: string[]): Promise<string> {
    const { stdout } = await execa('git', ['-C', join(this.#folder, collection.repository), ...args], { maxBuffer: 1 << 28 });
    return stdout;
  }

  /** Reads what charts there are, for their dependencies' sake. Throws where a clone lacks the commit. */
  async read(collections: readonly Collection[]): Promise<void> {
    for (const collection of collections) {
      const files = (await this.#git(collection, 'ls-tree', '-r', '--name-only', collection.commit)).split('\n');
      for (const file of files.filter((one) => basename(one) === 'Chart.yaml')) {
        const name = basename(dirname(file));
        this.#index.set(name, [...(this.#index.get(name) ?? []), { ...empty, collection, path: dirname(file), name }]);
      }
    }
  }

  /** Unpacks a chart below `to`, with the dependencies that one of the collections holds. Returns its folder and version. */
  async unpack(collection: Collection, path: string, to: string): Promise<{ folder: string; version: string }> {
    const chart = await this.#chart({ ...empty, collection, path, name: basename(path) });
    const folder = join(to, chart.name);
    await this.#write(chart, folder);
    return { folder, version: chart.version };
  }

  async #write(chart: Chart, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const tree = `${chart.collection.commit}:${chart.path}`;
    await execa`git -C ${join(this.#folder, chart.collection.repository)} archive ${tree}`.pipe`tar -x -C ${folder}`;
    for (const dependency of chart.dependencies) {
      const found = await this.#find(dependency);
      if (found !== undefined) await this.#write(found, join(folder, 'charts', found.name));
    }
  }

  async #find({ name, version = '*' }: Chart['dependencies'][number]): Promise<Chart | undefined> {
    const charts = await Promise.all((this.#index.get(name) ?? []).map((one) => this.#chart(one)));
    const best = maxSatisfying(
      charts.map((one) => one.version),
      version,
    );
    return charts.find((one) => one.version === best);
  }

  async #chart(chart: Chart): Promise<Chart> {
    const text = await this.#git(chart.collection, 'show', `${chart.collection.commit}:${chart.path}/Chart.yaml`);
    const { name, version, dependencies } = parse(text);
    return { ...chart, name, version, dependencies: dependencies ?? [] };
  }
}

const empty = { version: '', dependencies: [] };
