import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { State } from '../../src/runtime/state.ts';
import { TempFiles } from '../../src/runtime/temp.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { kubectl } from '../support/kubectl.ts';
import { QUIET } from '../support/log.ts';
import { PairApp } from './deploy-support.ts';
import { ask, previewNamespaces } from './preview-probes.ts';
import { ProductImage } from './product-image.ts';

export const DOMAIN = 'preview.example.test';
type Inputs = Readonly<Record<string, string>>;

/** A repository at GitHub's stand-in, its app's image and the waker's, and the built actions over them. */
export class PreviewStage {
  readonly cluster: ClusterEnvironment = clusterEnvironment();
  readonly runner = new NodeProcessRunner({ env: process.env });
  readonly standIn: GitHubStandIn;
  /** Of the app. */
  image = '';
  readonly #place: string;
  readonly #work = mkdtempSync(join(tmpdir(), 'todo-deploy-previews-'));
  readonly #inputs: Inputs;
  #wakerImage = '';

  private constructor(standIn: GitHubStandIn, place: string, inputs: Inputs) {
    this.standIn = standIn;
    this.#place = place;
    this.#inputs = inputs;
    // No checkout of a commit, so that pull requests may be at any.
    cpSync(join(ROOT, 'test/charts'), join(this.#work, 'charts'), { recursive: true });
  }

  /** `place`: the namespace that it makes, where the Secret is that images are pulled with. `inputs`: of every run. */
  static async open(place: string, repositoryId: number, inputs: Inputs = {}): Promise<PreviewStage> {
    const stage = new PreviewStage(await GitHubStandIn.start(), place, inputs);
    stage.standIn.played.repositoryId = repositoryId;
    const { cluster, runner } = stage;
    stage.image = (await PairApp.create(place, cluster, ['v1'], runner)).image;
    const product = await ProductImage.create({ cluster, files: new TempFiles(stage.#work, new State({})), log: QUIET, name: place });
    stage.#wakerImage = await product.push((await product.build('product')).layout, `${cluster.registry.host}/${place}/todo-deploy`);
    await product.remove();
    return stage;
  }

  close(): void {
    this.standIn.close();
    rmSync(this.#work, { recursive: true, force: true });
    for (const name of [`namespace/${this.#place}`, ...this.namespaces()]) this.kubectl('delete', name, '--wait=false');
  }

  kubectl = (...args: string[]): string => kubectl(this.cluster, args);
  namespaces = (): string[] => previewNamespaces(this.cluster, this.standIn.played.repositoryId);
  visit = (host: string) => ask(this.cluster, host, this.runner);

  /** The action, as a job of this pull request runs it. */
  preview(number: number, action: string, inputs: Inputs): Promise<ActionResult> {
    const payload = { action, number, pull_request: this.standIn.played.object(number), sender: { login: 'ada' } };
    return this.#run('actions/preview', 'pull_request', payload, { domain: DOMAIN, timeout: '120s', ...inputs });
  }

  /** A pass over previews alone. */
  janitor = (inputs: Inputs = {}): Promise<ActionResult> =>
    this.#run('actions/janitor', 'schedule', {}, { colors: 'false', drills: 'false', 'registry-tags': 'false', ...inputs });

  #run(action: string, event: string, payload: object, inputs: Inputs): Promise<ActionResult> {
    const path = join(this.#work, 'event.json');
    writeFileSync(path, JSON.stringify(payload));
    return runAction({
      action,
      cwd: this.#work,
      inputs: {
        'image-pull-secrets': PULL_SECRET,
        'waker-image': this.#wakerImage,
        'github-token': 'ghs_token',
        ...this.#inputs,
        ...inputs,
      },
      env: {
        ...this.cluster.env,
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: this.standIn.url,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: path,
        GITHUB_REPOSITORY: 'acme/pair',
        GITHUB_REPOSITORY_ID: String(this.standIn.played.repositoryId),
        GITHUB_RUN_ID: '9',
        GITHUB_ACTOR: 'ada',
      },
    });
  }
}
