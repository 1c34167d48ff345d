import { stringify } from 'yaml';
import type { DemoCluster } from '../environment.ts';
import { PULL_SECRET } from '../namespace.ts';

/** What the main job's workflow says about one app. */
export interface MainJob {
  cluster: Pick<DemoCluster, 'buildkit'> & { registry: { username: string } };
  /** With its prefix. */
  registry: string;
  /** Lines `name: context`. */
  images: string;
  chart: string;
  valueFiles: string;
  release: string;
  namespace: string;
  /** Lines NAME/KEY=value. */
  appSecrets?: string;
  bake: string;
  drain: string;
  /** YAML lists of checks: during the deploy, and by smoke-test after it. */
  smoke: string;
  smokeAfter: string;
}

export const WORKFLOW = '.github/workflows/deploy.yml';
export const ROLLBACK_WORKFLOW = '.github/workflows/rollback.yml';
/** Header in which images name the version that answers. */
export const VERSION_HEADER = 'x-app-version';
/** File below RESULTS_DIR that the last step of a workflow under test writes. */
export const RESULTS = 'results.json';

const ON_MAIN = { on: { push: { branches: ['main'] } }, permissions: { contents: 'read' } };

/** build-push, deploy and smoke-test as steps of one job, as README shows it; the steps' outputs are stored. */
export function mainJob(job: MainJob): string {
  const access = { kubeconfig: expression('secrets.KUBECONFIG'), namespace: job.namespace, release: job.release };
  const steps = [
    { uses: 'actions/checkout@v7', with: { 'persist-credentials': false } },
    {
      uses: 'org/todo-deploy/actions/build-push@v1',
      id: 'build',
      with: {
        registry: job.registry,
        username: job.cluster.registry.username,
        password: expression('secrets.REGISTRY_PASSWORD'),
        builder: job.cluster.buildkit.address,
        images: job.images,
        'build-args': `VERSION=${expression('github.sha')}`,
      },
    },
    {
      uses: 'org/todo-deploy/actions/deploy@v1',
      id: 'deploy',
      with: {
        ...access,
        chart: job.chart,
        'value-files': job.valueFiles,
        registry: job.registry,
        images: expression('steps.build.outputs.images'),
        'image-pull-secrets': PULL_SECRET,
        ...(job.appSecrets === undefined ? {} : { secrets: job.appSecrets }),
        'version-header': VERSION_HEADER,
        bake: job.bake,
        drain: job.drain,
        smoke: job.smoke,
      },
    },
    { uses: 'org/todo-deploy/actions/smoke-test@v1', id: 'smoke', with: { ...access, smoke: job.smokeAfter } },
    keep('steps'),
  ];
  return stringify({ name: 'deploy', ...ON_MAIN, jobs: { deploy: { 'runs-on': 'ubuntu-latest', steps } } }, { lineWidth: 0 });
}

/** A rollback to an earlier version, dispatched by hand. */
export function rollbackJob(job: Pick<MainJob, 'release' | 'namespace' | 'bake' | 'drain'>): string {
  const on = { workflow_dispatch: { inputs: { to: { type: 'string', default: 'previous' }, reason: { type: 'string' } } } };
  const inputs = {
    release: job.release,
    namespace: job.namespace,
    kubeconfig: expression('secrets.KUBECONFIG'),
    to: expression('inputs.to'),
    reason: expression('inputs.reason'),
    bake: job.bake,
    drain: job.drain,
  };
  const steps = [{ uses: 'org/todo-deploy/actions/rollback@v1', id: 'rollback', with: inputs }, keep('steps')];
  const jobs = { rollback: { 'runs-on': 'ubuntu-latest', steps } };
  return stringify({ name: 'rollback', on, permissions: { contents: 'read' }, jobs }, { lineWidth: 0 });
}

/** A job that stores the outputs of the one that called our workflow. */
export const keepOutputsOf = (job: string): Record<string, unknown> => ({
  needs: job,
  if: 'always()',
  'runs-on': 'ubuntu-latest',
  steps: [keep('needs')],
});

const keep = (context: 'steps' | 'needs'): Record<string, unknown> => ({
  name: 'Keep the outputs',
  if: 'always()',
  env: { KEPT: expression(`toJSON(${context})`) },
  run: `printf '%s' "$KEPT" > "$RESULTS_DIR/${RESULTS}"`,
});

/** An expression of GitHub's. */
export const expression = (text: string): string => `\${{ ${text} }}`;
