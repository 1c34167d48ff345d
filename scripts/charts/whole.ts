/**
 * Deploys public charts of different make whole on the embedded cluster: two versions, a broken one, back, and away, each in a namespace
 * `whole-<release>`. Their programs' images are not to be had, so a stand-in answers for them (scripts/charts/whole/stand-in); PostgreSQL is
 * itself. The folder that is named holds clones of the collections, as `<owner>/<name>`; nothing of them is kept:
 * npm run charts:whole -- <folder of the clones> [--only=<text>] [--write: their rows in docs/charts.md] [--keep: the namespaces]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { fill } from '../docs/fill.ts';
import { Clones, type Collection } from './clones.ts';
import { wholeTable } from './page.ts';
import { WholeApp } from './whole/app.ts';
import { CHARTS } from './whole/charts.ts';
import { repositoryOf, type WholeChart } from './whole/model.ts';
import { type Played, play } from './whole/play.ts';

const options = { write: { type: 'boolean' }, keep: { type: 'boolean' }, only: { type: 'string', default: '' } } as const;
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const [clonesFolder] = positionals;
if (clonesFolder === undefined) throw new Error('Name the folder of the clones: npm run charts:whole -- <folder>');

const collections: Collection[] = JSON.parse(readFileSync(join(ROOT, 'scripts/charts/list.json'), 'utf8'));
const wanted = CHARTS.filter(({ repository, path }) => `${repository}/${path}`.includes(values.only));
const clones = new Clones(clonesFolder);
await clones.read(collections.filter(({ repository }) => clones.has(repository)));
const cluster = clusterEnvironment();
const runner = new NodeProcessRunner({ env: process.env });

const results: { chart: WholeChart; played: Played[] }[] = [];
for (const chart of wanted) results.push({ chart, played: await whole(chart) });
const wrong = results.filter(({ played }) => played.some((one) => one.wrong.length > 0));
console.log(`${results.length - wrong.length} of ${results.length} charts right`);
if (values.write) {
  const page = join(ROOT, 'docs/charts.md');
  const text = readFileSync(page, 'utf8');
  writeFileSync(page, fill(text, 'whole', wholeTable(text, CHARTS, results)));
}
process.exitCode = wrong.length > 0 ? 1 : 0;

async function whole(chart: WholeChart): Promise<Played[]> {
  const collection = collections.find(({ repository }) => repository === chart.repository);
  if (collection === undefined) throw new Error(`${chart.repository} is not in scripts/charts/list.json`);
  const work = mkdtempSync(join(tmpdir(), 'todo-deploy-whole-'));
  const namespace = `whole-${chart.path.split('/').at(-1)}`;
  const app = new WholeApp(namespace, chart.release, cluster);
  try {
    const [{ folder }] = await Promise.all([
      clones.unpack(collection, chart.path, work),
      freshNamespace(namespace, cluster, runner, 'privileged'),
    ]);
    await images(chart, cluster);
    return await play(chart, folder, app, work);
  } finally {
    rmSync(work, { recursive: true, force: true });
    if (!values.keep) await clean(namespace, chart, cluster);
  }
}

async function clean(namespace: string, { definitions }: WholeChart, { env }: ClusterEnvironment): Promise<void> {
  await execa('kubectl', ['delete', 'namespace', namespace, '--wait=false'], { env });
  const { stdout } = await execa('kubectl', ['get', 'customresourcedefinitions', '--output=name'], { env });
  const brought = stdout.split('\n').filter((name) => definitions?.test(name.replace(/^.*\//, '')));
  if (brought.length > 0) await execa('kubectl', ['delete', ...brought], { env });
}

/** The stand-in's versions, one that crashes, and what the chart's tests name. */
async function images(chart: WholeChart, { registry, env }: ClusterEnvironment): Promise<void> {
  const { ports, aliases = [] } = chart;
  if (ports === undefined) return;
  const build = async (names: readonly string[], version: string, more: readonly string[] = []) => {
    const tags = names.map((name) => `--tag=${registry.host}/${name}`);
    const settings = [`--build-arg=VERSION=${version}`, `--build-arg=PORTS=${ports.join(' ')}`, ...more];
    const folder = join(ROOT, 'scripts/charts/whole/stand-in');
    await execa('docker', ['buildx', 'build', '--push', '--provenance=false', ...settings, ...tags, folder], { env });
  };
  await build([`${repositoryOf(chart)}:v1`, ...aliases], 'v1');
  await build([`${repositoryOf(chart)}:v2`], 'v2');
  await build([`${repositoryOf(chart)}:crash`], 'v3', ['--build-arg=CRASH=yes']);
}
