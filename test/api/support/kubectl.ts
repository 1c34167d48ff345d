import { SERVICE } from '../../../src/deploy/kube/names.ts';
import { COLOR_LABEL, type Color } from '../../../src/split/model.ts';
import { type App, RELEASE } from './app.ts';
import { DEPLOYMENT } from './controllers.ts';
import { versionOf } from './pods.ts';

/** What people do to an app with kubectl, and what is seen there. */
export class Kubectl {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** `kubectl patch service`: the selector as it is given; null takes it away. */
  async select(selector: Record<string, string | null> | null, name = `${RELEASE}-web`): Promise<void> {
    await this.#app.kubernetes.patch({ ...SERVICE, name }, { spec: { selector } }, { type: 'merge', fieldManager: 'kubectl-patch' });
  }

  /** `kubectl patch service`: to the other color. */
  toColor = (color: Color | null, name?: string): Promise<void> => this.select({ [COLOR_LABEL]: color }, name);

  async scale(color: Color, replicas: number): Promise<void> {
    const name = `${RELEASE}-web-${color}`;
    await this.#app.kubernetes.patch({ ...DEPLOYMENT, name }, { spec: { replicas } }, { type: 'merge', fieldManager: 'kubectl-scale' });
  }

  deleteService = (name: string): Promise<void> => this.#app.kubernetes.delete({ ...SERVICE, name });
  deleteDeployment = (color: Color): Promise<void> => this.#app.kubernetes.delete({ ...DEPLOYMENT, name: `${RELEASE}-web-${color}` });

  /** Where a Service leads: its color, `none`, or `gone`. */
  async leads(name = `${RELEASE}-web`): Promise<string> {
    const service = await this.#app.kubernetes.get({ ...SERVICE, name });
    return service ? (service.spec?.selector?.[COLOR_LABEL] ?? 'none') : 'gone';
  }

  /** Color that users reach, the versions that answer there, and what the journal says. */
  async served(): Promise<{ color: string; versions: string[]; active: string | undefined; history: string[] }> {
    const { active, history } = await this.#app.journal();
    const versions = [...new Set((await this.#app.serving()).map(versionOf))];
    return { color: await this.leads(), versions, active, history: history.map(({ version }) => version) };
  }
}
