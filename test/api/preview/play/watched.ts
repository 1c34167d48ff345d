import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { isExpired, type Preview, previewIn } from '../../../../src/preview/model/index.ts';
import { REPOSITORY_LABEL } from '../../../../src/preview/model/marks.ts';
import type { Repository } from './repository.ts';

interface Surroundings {
  repository: Repository;
  /** What should not have been, a line each. */
  wrong: string[];
  clocks: { server: number; machine: number };
  workloadsIn(uid: string): number;
  /** When the oldest run that is at work began, ms. */
  began(): number;
}

/** The previews of one history as they come and go: whatever is seen of them is judged at once. */
export class Watched {
  /** Every namespace that there ever was. */
  readonly names = new Set<string>();
  readonly #around: Surroundings;
  /** By uid, as they are. */
  readonly #live = new Map<string, Preview>();
  readonly #ending = new Set<string>();
  /** Whose end somebody who may has asked for. */
  readonly #mayGo = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get live(): readonly Preview[] {
    return [...this.#live.values()];
  }

  isOwn = ({ metadata }: KubernetesObject): boolean => metadata.labels?.[REPOSITORY_LABEL] === String(this.#around.repository.id);

  letGo = (uid: string): void => void this.#mayGo.add(uid);

  /** At every call of a run: there are never more than are allowed. */
  count(): void {
    const { repository, wrong, workloadsIn } = this.#around;
    const { max } = repository.settings;
    const there = this.live.filter(({ uid }) => workloadsIn(uid) > 0);
    if (there.length > max) wrong.push(`${there.length} previews at once, ${max} are allowed: ${there.map(({ namespace }) => namespace)}`);
  }

  see(namespace: KubernetesObject, type: 'ADDED' | 'MODIFIED' | 'DELETED'): void {
    if (!this.isOwn(namespace)) return;
    const { repository, wrong } = this.#around;
    const preview = previewIn(namespace);
    if (preview === undefined) return void wrong.push(`Namespace ${namespace.metadata.name} has lost its marks`);
    const { key, uid, ending, head } = preview;
    this.names.add(preview.namespace);
    if (repository.isFork(key.number) && !repository.settings.forks) wrong.push(`The fork's pull request ${key.number} has a namespace`);
    if (head !== undefined && !repository.mayRun(key.number, head)) wrong.push(`${head} of a fork is up, and nobody let it through`);
    if (ending && !this.#ending.has(uid)) this.#judgeEnd(this.#live.get(uid) ?? preview);
    if (ending) this.#ending.add(uid);
    if (type === 'DELETED') this.#live.delete(uid);
    else this.#live.set(uid, preview);
  }

  /** Only what nobody asks for goes, as far as whoever takes it down can know. */
  #judgeEnd(preview: Preview): void {
    const { repository, wrong, clocks, began } = this.#around;
    const { number } = preview.key;
    if (!repository.wantedSince(number, began()) || preview.head === undefined || this.#mayGo.has(preview.uid)) return;
    if (isExpired(preview, [Date.now() + clocks.machine, Date.now() + clocks.server])) return;
    wrong.push(`The preview of ${number} was wanted, and is taken down`);
  }
}
