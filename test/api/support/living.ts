import { expect } from '@jest/globals';
import { COLOR_LABEL } from '../../../src/split/model.ts';
import { App, type Ended } from './app.ts';
import { versionOf } from './pods.ts';

export const remarks = ({ outcome }: Ended): string => (outcome === 'killed' ? '' : outcome.report.notes.join('\n'));

/** An app with a worker, a CronJob, an autoscaler, an Ingress and shared configuration, whose version v1-good serves from blue. */
export class Living {
  readonly app: App;
  /** More values of each version from now on. */
  more: object = {};

  private constructor(app: App) {
    this.app = app;
  }

  static async create(name: string): Promise<Living> {
    const living = new Living(await App.create(name));
    expect((await living.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    return living;
  }

  deploy(version: string): Promise<Ended> {
    const more = { lives: true, autoscaling: { enabled: true, minReplicas: 1 }, ...this.more };
    return this.app.deploy(version, undefined, { values: this.app.values(version, more) });
  }

  async served(): Promise<{ color: string | undefined; versions: string[]; active: string | undefined }> {
    return {
      color: (await this.app.selector())?.[COLOR_LABEL],
      versions: (await this.app.serving()).map(versionOf),
      active: (await this.app.journal()).active,
    };
  }

  /** The same version again is no news to Git, but it is to the cluster: it is deployed, and what was gone is there. */
  async deployAgain(what: RegExp): Promise<void> {
    const again = await this.deploy('v1-good');
    expect(again.outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(remarks(again)).toMatch(what);
    expect(await this.served()).toEqual({ color: 'green', versions: ['v1-good'], active: 'green' });
  }
}
