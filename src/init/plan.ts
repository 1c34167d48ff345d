import { ConfigurationError } from '../interfaces/errors.ts';
import type { App, Checkout, FoundChart, InitPlan, PlannedFile, Wanted } from './model.ts';
import { chartRegistry, imageValues, type Match, matchImages } from './names-in-chart.ts';
import { findChart, isOwnChart } from './read/chart.ts';
import { type Compose, readCompose } from './read/compose.ts';
import { type FoundImage, findImages } from './read/images.ts';
import { dnsName } from './read/names.ts';
import { githubRepository } from './read/remote.ts';
import { clusterKinds } from './read/rights.ts';
import { type FoundWorkloads, findWorkloads } from './read/workloads.ts';
import { nextSteps } from './steps.ts';
import { chartFiles, chartKinds } from './write/chart.ts';
import { roleFile } from './write/role.ts';
import { deployWorkflow, rollbackWorkflow } from './write/workflows.ts';

/** Pure: everything that init would write, and what is left to do. Throws ConfigurationError where something can neither be found nor was given. */
export function planInit(checkout: Checkout, wanted: Wanted): InitPlan {
  const repository = githubRepository(checkout.remote);
  const name = dnsName(repository?.split('/')[1] ?? checkout.folder) || 'app';
  const compose = readCompose(checkout, name);
  const images = findImages(checkout, wanted, name, compose);
  if (images.length === 0) throw noImages(checkout, compose);
  const chart = findChart(checkout, wanted.chart);
  if (chart === undefined && wanted.chart !== undefined && checkout.files.some((path) => path.startsWith(`${wanted.chart}/`))) {
    throw new ConfigurationError(`Input "chart" names ${wanted.chart}, which has files, but no Chart.yaml`);
  }
  const own = chart === undefined || isOwnChart(checkout, chart.folder);
  const matches = matchImages(images, own ? [] : (chart?.images ?? []));
  const registry = wanted.registry ?? chartRegistry(matches) ?? githubRegistry(repository);
  const named = matches.map((match) => (own || wanted.images.length > 0 ? match : withChartName(match, registry)));
  const found = own ? findWorkloads(images, checkout, wanted, compose) : NONE;
  const release = wanted.release ?? (dnsName(chart?.name ?? name) || name);
  const app: App = {
    release,
    namespace: wanted.namespace ?? release,
    branch: checkout.branch,
    repository,
    registry,
    chart: chart?.folder ?? wanted.chart ?? freeFolder(checkout, release),
    valueFiles: own ? [] : (chart?.valueFiles ?? []),
    values: own ? undefined : imageValues(named, registry),
    images: named.map(({ image }) => image),
    workloads: found.workloads,
    front: found.front,
    kinds: own ? chartKinds(found.workloads) : (chart?.kinds ?? []),
    secretEnv: [...new Set(found.workloads.flatMap(({ secretEnv }) => secretEnv))],
    host: wanted.host,
    issuer: wanted.issuer,
    ingressClass: wanted.ingressClass,
    cluster: wanted.cluster,
    environment: wanted.environment,
  };
  const files = [deployWorkflow(app), rollbackWorkflow(app), roleFile(app), ...(own ? chartFiles(app) : [])];
  return {
    app,
    files,
    found: [...imageLines(images, named, compose), ...chartLines(app, chart, own), ...found.found],
    notes: [...found.notes, ...notesOf(app, { chart: own ? undefined : chart, named, compose })],
    steps: nextSteps(app, isTaken(checkout, deployWorkflow(app))),
  };
}

/** Whether something else of its name is there, which stays. */
const isTaken = ({ read }: Checkout, { path, content }: PlannedFile): boolean => ![undefined, content].includes(read(path));

const NONE: FoundWorkloads = { workloads: [], front: undefined, found: [], notes: [] };

function noImages({ files }: Checkout, compose: Compose | undefined): ConfigurationError {
  const others = files.filter((path) => /Dockerfile/.test(path)).slice(0, 5);
  const seen = others.length > 0 ? `: those that there are look like helpers (${others.join(', ')})` : '';
  const where = compose === undefined ? '' : `, and what ${compose.path} builds has no Dockerfile`;
  return new ConfigurationError(`There is no Dockerfile to deploy${seen}${where}`, {
    hint: 'Write one, or name the images: --images "web: ./folder" (or "web: {context: ., file: docker/web.Dockerfile}")',
  });
}

function githubRegistry(repository: string | undefined): string {
  if (repository !== undefined) return `ghcr.io/${repository.split('/')[0]?.toLowerCase()}`;
  throw new ConfigurationError(
    'Nothing says which registry the images go to: the remote "origin" is not at GitHub, and no chart names one',
    {
      hint: 'Give it: --registry registry.example.com/acme',
    },
  );
}

/** In the registry an image is called as the chart calls it. */
function withChartName(match: Match, registry: string): Match {
  const { image, inChart } = match;
  if (inChart === undefined || !inChart.repository.startsWith(`${registry}/`)) return match;
  return { ...match, image: { ...image, name: inChart.repository.slice(registry.length + 1) } };
}

const freeFolder = ({ files }: Checkout, release: string): string =>
  ['chart', `charts/${release}`, `deploy/charts/${release}`].find((folder) => !files.some((path) => path.startsWith(`${folder}/`))) ??
  'chart';

const imageLines = (images: readonly FoundImage[], named: readonly Match[], compose: Compose | undefined): string[] =>
  images.map(({ image, services }, index) => {
    const from = services.length > 0 ? `, ${compose?.path}: ${services.map((one) => one.name).join(', ')}` : '';
    return `image ${named[index]?.image.name}: ${image.context === '.' ? 'the repository itself' : `${image.context}/`}${image.file ? ` by ${image.file}` : ''}${from}`;
  });

const chartLines = ({ chart: folder, valueFiles }: App, chart: FoundChart | undefined, own: boolean): string[] =>
  chart === undefined || own
    ? [`no chart${chart ? ' but the one that init wrote' : ''}: a small one in ${folder}/`]
    : [`chart ${folder}/${valueFiles.length > 0 ? ` with ${valueFiles.join(', ')}` : ''}`];

function notesOf(
  app: App,
  { chart, named, compose }: { chart: FoundChart | undefined; named: readonly Match[]; compose: Compose | undefined },
): string[] {
  const unknown = chart ? named.filter(({ inChart }) => inChart === undefined).map(({ image }) => image.name) : [];
  const fixed = named.filter(
    ({ image, inChart }) => inChart && inChart.path === undefined && inChart.repository !== `${app.registry}/${image.name}`,
  );
  const tasks = (compose?.services ?? []).filter(({ task }) => task).map(({ name }) => name);
  const others = Object.entries(chart ? {} : (compose?.others ?? {}));
  const wide = clusterKinds(app.kinds);
  return [
    ...unknown.map(
      (name) =>
        `No value of the chart names the image ${name}: a deploy refuses an image that no container uses. Have the chart use ${app.registry}/${name}`,
    ),
    ...fixed.map(
      ({ image, inChart }) => `A template names ${inChart?.repository}: have it use ${app.registry}/${image.name}, which is what is built`,
    ),
    ...(chart
      ? []
      : tasks.map(
          (name) =>
            `${name} runs to its end in ${compose?.path}: write a Job with Helm's hook annotations for it (pre-upgrade, post-install)`,
        )),
    ...others.map(([name, image]) => `${name} (${image}) is not part of the chart: use a managed one, or a chart of its own`),
    ...(wide.length === 0
      ? []
      : [
          `The chart makes ${wide.join(', ')}: ${app.namespace}'s Role cannot allow what is of the whole cluster; \`todo-deploy doctor\` prints the rules`,
        ]),
    ...(app.front !== undefined && app.host === undefined ? ['No --host was given: the Ingress takes requests for all hosts'] : []),
  ];
}
