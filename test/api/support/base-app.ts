import type { DryRun } from '../../../src/deploy/run/outcome.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { App, type Ended } from './app.ts';
import { playJobsAndClaims } from './storage-and-jobs.ts';
import type { Fault } from './wire.ts';

/** The app, with objects that both colors share, as each test wants them. */
export class BaseApp {
  readonly app: App;
  readonly #stop: () => Promise<void>;

  private constructor(app: App) {
    this.app = app;
    this.#stop = playJobsAndClaims(app.kubernetes);
  }

  static create = async (name: string): Promise<BaseApp> => new BaseApp(await App.create(name));

  async remove(): Promise<void> {
    await this.#stop();
    await this.app.remove();
  }

  /** What its deploy would do. */
  async plan(version: string, base: readonly KubernetesObject[]): Promise<DryRun | undefined> {
    const { outcome } = await this.app.deploy(version, undefined, { values: this.app.values(version, { base }), dryRun: true });
    return outcome === 'killed' ? undefined : outcome.dryRun;
  }

  /** A version whose chart holds these objects beside the app. */
  deploy(version: string, base: readonly KubernetesObject[], fault?: Fault, more: Readonly<Record<string, unknown>> = {}): Promise<Ended> {
    return this.app.deploy(version, fault, { values: this.app.values(version, { base, ...more }) });
  }
}
