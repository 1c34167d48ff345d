/**
 * Measures todo-deploy against `helm upgrade --wait` and `helm rollback --wait`, on the same cluster in the same run; prints a Markdown table.
 * Arguments select the scenarios whose title contains one of them: `npm run bench -- rollback`. `npm run bench -- builds` measures builds alone,
 * `npm run bench -- backup` backups, `npm run bench -- causes` how long it takes to name what is wrong, `npm run bench -- previews` previews of
 * pull requests.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../demo/environment.ts';
import { cancelled } from './cancelled.ts';
import { crashUnderTraffic } from './crash.ts';
import { deployOurs, upgradeHelm } from './deployers.ts';
import { inPlace } from './in-place.ts';
import { warmRollback } from './rollback.ts';
import { badBehindFrontDoor, badImage, goodRelease, type Row } from './scenarios.ts';
import { cleanUp, namespace, START_DELAY_MS, setUp } from './setup.ts';
import { wayBack } from './way-back.ts';

const [OURS, HELM] = ['bench-ours', 'bench-helm'] as const;

const words = process.argv.slice(2);
if (words[0] === 'builds') {
  await import('./builds.ts');
  process.exit();
}
if (words[0] === 'backup') {
  await import('./backup.ts');
  process.exit();
}
if (words[0] === 'causes') {
  await import('./causes.ts');
  process.exit();
}
if (words[0] === 'previews') {
  await import('./previews.ts');
  process.exit();
}
const bench = await setUp();
await namespace(bench, OURS);
await namespace(bench, HELM);
console.log('First deploys');
const first = await deployOurs(bench, OURS, { name: 'v1' });
if (first.run.exitCode !== 0) throw new Error(`Our first deploy failed:\n${first.run.log.join('\n')}`);
const theirs = await upgradeHelm(bench, HELM, { name: 'v1' }, ['--timeout', '2m']);
if (!theirs.ok) throw new Error(`Helm's first install failed: ${theirs.stderr}`);

const rows: Row[] = [];
for (const [title, scenario] of [
  ['A good release', goodRelease],
  ['A release that is bad behind the front door', badBehindFrontDoor],
  ['An image that does not exist', badImage],
  ['A release that crashes under traffic', crashUnderTraffic],
  ['A run that is cancelled under traffic', cancelled],
  ['A rollback by hand', warmRollback],
  ['The way back without preStop hooks', wayBack],
  ['In place', inPlace],
] as const) {
  if (words.length > 0 && !words.some((word) => title.includes(word))) continue;
  console.log(title);
  rows.push(...(await scenario(bench, OURS, HELM)));
}
await cleanUp(bench, [OURS, HELM]);

const table = [
  `An app of two Deployments that starts in ${START_DELAY_MS / 1000} s; both sides on the same cluster, one after the other.`,
  '',
  '| what | todo-deploy | Helm | Helm / todo-deploy |',
  '| --- | --- | --- | --- |',
  ...rows.map((row) => `| ${[row.what, row.ours, row.helm, row.ratio ?? ''].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
  '',
].join('\n');
mkdirSync(join(ROOT, 'report'), { recursive: true });
writeFileSync(join(ROOT, 'report/bench.md'), table);
console.log(`\n${table}`);
