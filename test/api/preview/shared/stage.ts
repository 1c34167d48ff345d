import { randomInt } from 'node:crypto';
import { until } from '../../../../cluster/wait.ts';
import { NAMESPACE, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { HelmValues } from '../../../../src/interfaces/helm.ts';
import { type GoneTools, type Receipt, type TakeDown, takeDown } from '../../../../src/preview/gone/index.ts';
import { type Home, homeOf, type Preview, type PullRequest, previewIn } from '../../../../src/preview/model/index.ts';
import { type Asked, bringUp, type UpOptions, type UpOutcome } from '../../../../src/preview/up/index.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { HelmCli } from '../../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../../src/tools/kubernetes/load.ts';
import { QUIET } from '../../../support/log.ts';
import { shippedRole } from '../../../support/shipped-role.ts';
import { access, runner, type workplace } from '../../support/api.ts';
import { App, RELEASE } from '../../support/app.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const ACCOUNT = 'previews';
export const V1 = 'v1-good';

/** A namespace that somebody has made, previews of several pull requests in it, and the account that the shipped Role is for. */
export class SharedStage {
  readonly repositoryId = randomInt(1, 2 ** 31);
  readonly kubernetes: KubernetesClient;
  readonly #account;

  readonly app: App;
  readonly #files: ReturnType<typeof workplace>['files'];

  private constructor(app: App, files: ReturnType<typeof workplace>['files']) {
    this.app = app;
    this.#files = files;
    this.#account = actingAs(access, `system:serviceaccount:${app.namespace}:${ACCOUNT}`);
    this.kubernetes = new KubernetesClient(this.#account, { namespace: app.namespace });
  }

  static async open(files: ReturnType<typeof workplace>['files']): Promise<SharedStage> {
    const app = await App.create('shared');
    const stage = new SharedStage(app, files);
    const { namespace } = app;
    const role = shippedRole('todo', 'preview', 'role-release.yaml');
    await app.kubernetes.create({ ...role, metadata: { ...role.metadata, namespace } });
    await app.kubernetes.create({
      apiVersion: RBAC,
      kind: 'RoleBinding',
      metadata: { name: ACCOUNT, namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name: role.metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace }],
    });
    // The API server learns of bindings by a watch of its own.
    await until('the rights of the account', 10_000, () => stage.kubernetes.list(stage.home(1).marks).catch(() => undefined));
    return stage;
  }

  async close(): Promise<void> {
    await this.app.stopControllers();
    await this.app.kubernetes.delete({ ...NAMESPACE, name: this.app.namespace });
    await Promise.all([this.app.remove(), this.kubernetes.close()]);
  }

  home = (number: number): Home => homeOf({ repositoryId: this.repositoryId, number }, RELEASE, this.app.namespace);

  asked = (number: number, want: Asked['want'] = 'up'): Asked => ({ want, why: 'it was asked for', pullRequest: this.#pull(number) });

  #pull = (number: number): PullRequest => ({
    key: { repositoryId: this.repositoryId, number },
    isOpen: true,
    isMerged: false,
    isDraft: false,
    head: V1,
    isFork: false,
    author: 'ada',
    labels: [],
  });

  /** A run for a pull request, by the account. */
  up(number: number, more: { want?: Asked['want']; values?: HelmValues; options?: Partial<UpOptions> } = {}): Promise<UpOutcome> {
    const home = this.home(number);
    const asked = this.asked(number, more.want);
    return this.app.with(
      V1,
      (deploy, outside, client) => {
        const smoke = [
          { path: '/', method: 'GET', json: {}, headers: {}, requestHeaders: {}, name: 'pod', service: { name: `${home.release}-web` } },
        ];
        const options: UpOptions = {
          key: asked.pullRequest.key,
          repository: 'acme/small',
          ...home,
          deploy: { ...deploy, release: home.release, smoke, allowOlder: true, ...(more.values && { values: more.values }) },
          host: `pr-${number}-small.preview.example.com`,
          tls: undefined,
          copies: [],
          quota: { cpu: '2', memory: '4Gi', storage: '5Gi', pods: 20 },
          podSecurity: 'restricted',
          frontDoors: ['traefik'],
          egress: [],
          seed: undefined,
          max: 10,
          expiresAfterMs: 7 * 86_400_000,
          sleepAfterMs: 3_600_000,
          wakerImage: 'registry.example/todo-deploy:v1',
          isolationProbe: 'off',
          noindex: true,
          ...more.options,
        };
        const { signal } = new AbortController();
        return bringUp(options, asked, { ...outside, kubernetes: client, signal, who: deploy.who, ask: async () => asked });
      },
      this.#account,
    );
  }

  async preview(number: number): Promise<Preview | undefined> {
    const live = await this.kubernetes.get(this.home(number).marks);
    return live && previewIn(live);
  }

  tools(signal = new AbortController().signal): GoneTools {
    const { kubernetes } = this;
    return {
      kubernetes,
      helm: new HelmCli({
        runner,
        helmPath: 'helm',
        kubernetes,
        relay: kubernetes.relay,
        files: this.#files,
        namespace: this.app.namespace,
      }),
      clock: systemClock,
      log: QUIET,
      signal,
      who: { repository: 'acme/small', runUrl: '', actor: 'ada', holder: `${randomInt(2 ** 31)}` },
    };
  }

  async down(number: number, more: Partial<TakeDown> = {}): Promise<Receipt> {
    const preview = await this.preview(number);
    if (preview === undefined) throw new Error(`There is no preview of ${number}`);
    return await takeDown({ preview, why: 'the pull request is closed', limitMs: 45_000, ...more }, this.tools());
  }

  /** What its Service selects. */
  selector = async (number: number): Promise<Record<string, string> | undefined> =>
    (await this.kubernetes.get({ ...SERVICE, name: `${this.home(number).release}-web` }))?.spec?.selector;
}
