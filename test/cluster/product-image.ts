import { join } from 'node:path';
import { type ClusterEnvironment, ROOT } from '../../demo/environment.ts';
import { LayoutFiles } from '../../src/actions/build-push/layout-files.ts';
import { type BuildSettings, buildImage } from '../../src/build/build.ts';
import type { Log } from '../../src/interfaces/log.ts';
import type { TempFiles } from '../../src/runtime/temp.ts';
import { Buildx } from '../../src/tools/buildx/buildx.ts';
import type { NodeProcessRunner } from '../../src/tools/process.ts';
import { CraneRegistry } from '../support/registry.ts';

const EPOCH = 1_700_000_000;
const SETTINGS: Omit<BuildSettings, 'builder'> = {
  secrets: {},
  labels: {},
  contexts: () => ({}),
  cacheFrom: () => [],
  timeoutMs: 240_000,
  epoch: EPOCH,
};

interface Place {
  cluster: ClusterEnvironment;
  runner: NodeProcessRunner;
  files: TempFiles;
  log: Log;
  /** Of a builder that is this test's own. */
  name: string;
}

/** Builds images/product as release.yml does, by the embedded BuildKit. */
export class ProductImage {
  readonly #place: Place;
  readonly #buildx: Buildx;

  private constructor(place: Place, buildx: Buildx) {
    this.#place = place;
    this.#buildx = buildx;
  }

  static async create(place: Place): Promise<ProductImage> {
    const { runner, files, cluster, name } = place;
    const buildx = new Buildx({ runner, files, inherited: { ...process.env, ...cluster.env } });
    await buildx.prepare({ builder: cluster.buildkit.address, name });
    return new ProductImage(place, buildx);
  }

  /** Anew each time. */
  async build(name: string): Promise<{ digest: string; layout: string }> {
    const { files, log, name: builder } = this.#place;
    const file = join(ROOT, 'images/product/Dockerfile');
    const spec = { name, context: ROOT, file, buildArgs: { NODE: 'node:24-slim' }, platforms: [], noCache: true };
    const built = await buildImage(spec, { ...SETTINGS, builder }, { builder: this.#buildx, store: new LayoutFiles(files), log });
    return { digest: built.root.digest, layout: built.layout ?? '' };
  }

  /** Returns its full name, by digest. */
  async push(layout: string, repository: string): Promise<string> {
    const crane = new CraneRegistry(this.#place.cluster);
    await crane.crane('push', layout, `${repository}:test`);
    return `${repository}@${await crane.digest(`${repository}:test`)}`;
  }

  remove(): Promise<void> {
    return this.#buildx.remove(this.#place.name);
  }
}
