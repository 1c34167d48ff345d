import { execa } from 'execa';
import type { ClusterEnvironment } from '../../demo/environment.ts';

/** The registry as another client (crane) sees it. */
export class CraneRegistry {
  readonly #cluster: ClusterEnvironment;
  constructor(cluster: ClusterEnvironment) {
    this.#cluster = cluster;
  }

  async crane(...args: string[]): Promise<string> {
    return (await execa('crane', args, { env: this.#cluster.env })).stdout;
  }

  async tags(repository: string): Promise<string[]> {
    return (await this.crane('ls', repository)).split('\n').filter(Boolean).sort();
  }

  digest(reference: string): Promise<string> {
    return this.crane('digest', reference);
  }

  /** Every repository below `prefix` (`HOST/PATH`), every tag, every manifest's digest. */
  async snapshot(prefix: string): Promise<Record<string, Record<string, string>>> {
    const host = this.#cluster.registry.host;
    const all = (await this.crane('catalog', host)).split('\n').filter(Boolean).sort();
    const repositories = all.filter((name) => `${host}/${name}`.startsWith(`${prefix}/`));
    const entries = repositories.map(async (name): Promise<[string, Record<string, string>]> => {
      const tags = await this.tags(`${host}/${name}`);
      const digests = await Promise.all(tags.map((tag) => this.digest(`${host}/${name}:${tag}`)));
      return [name, Object.fromEntries(tags.map((tag, index) => [tag, digests[index] ?? '']))];
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}
