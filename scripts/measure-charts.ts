/**
 * Dry-runs the charts of scripts/charts/list.json on the current cluster, each into the namespace `public-charts`: whether strangers' charts can
 * be deployed as they come. The folder that is named holds clones of the collections, as `<owner>/<name>`; nothing of them is kept.
 * `--write`: writes its part of docs/charts.md. `--only=<text>`: those whose path has it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import pMap from 'p-map';
import { Clones, type Collection } from './charts/clones.ts';
import { planned, type Result } from './charts/page.ts';
import { fill } from './docs/fill.ts';

const ROOT = join(import.meta.dirname, '..');
const LIMIT_MS = 300_000;
const NAMESPACE = 'public-charts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean' },
    only: { type: 'string', default: '' },
    list: { type: 'string' },
    jobs: { type: 'string', default: '2' },
  },
});
const [clonesFolder] = positionals;
if (clonesFolder === undefined) throw new Error('Name the folder of the clones: node scripts/measure-charts.ts <folder>');

const collections: Collection[] = JSON.parse(readFileSync(values.list ?? join(ROOT, 'scripts/charts/list.json'), 'utf8'));
await execa({ reject: false })`kubectl create namespace ${NAMESPACE}`;
const clones = new Clones(clonesFolder);
await clones.read(collections);
const wanted = collections.flatMap((collection) =>
  collection.charts.filter((path) => `${collection.repository}/${path}`.includes(values.only)).map((path) => ({ collection, path })),
);

const results = await pMap(wanted, ({ collection, path }) => measure(collection, path), { concurrency: Number(values.jobs) });
console.log(`${results.filter(({ outcome }) => outcome === 'planned').length} of ${results.length} planned`);
if (values.write) {
  const page = join(ROOT, 'docs/charts.md');
  writeFileSync(page, fill(readFileSync(page, 'utf8'), 'planned', planned(collections, results, await kubernetesVersion())));
}

async function measure(collection: Collection, path: string): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-chart-'));
  try {
    const chart = await clones.unpack(collection, path, folder);
    const result = { repository: collection.repository, path, version: chart.version, ...(await dryRun(chart.folder)) };
    console.log(`${result.outcome}\t${collection.repository}/${path} ${result.version}\t${result.text}`);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function dryRun(folder: string): Promise<Pick<Result, 'outcome' | 'text'>> {
  const args = ['deploy', '--dry-run', '--json', '--chart', folder, '--namespace', NAMESPACE, '--version', 'v1'];
  const { stdout } = await execa({
    reject: false,
    timeout: LIMIT_MS,
    maxBuffer: 1 << 28,
  })`node ${join(ROOT, 'bin/todo-deploy.js')} ${args}`;
  const { error, report } = JSON.parse(stdout);
  // What stands below the first paragraph is evidence.
  if (error)
    return {
      outcome: 'refused',
      text: String(error.message).split('\n\n')[0]?.replaceAll(`chart ${folder} `, 'chart ').replaceAll('\n', ' ') ?? '',
    };
  const { colored, base } = report.dryRun;
  return { outcome: 'planned', text: `${colored.length} objects in two colors, ${base.length} shared` };
}

async function kubernetesVersion(): Promise<string> {
  const { stdout } = await execa`kubectl version --output=json`;
  return JSON.parse(stdout).serverVersion.gitVersion;
}
