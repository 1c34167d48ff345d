/**
 * Counts what users lose while an app is taken over from plain Helm and given back to it, under load: for Helm 3 and Helm 4, client-side and
 * server-side apply. Arguments select among them: `node bench/adoption.ts "Helm 3"`.
 */
import { ensurePrograms } from '../cluster/programs/build.ts';
import { runAction } from '../test/support/action.ts';
import { deployOurs, helmWith } from './deployers.ts';
import { answersOf, type Bench, cleanUp, hostOf, namespace, setUp, startLoad } from './setup.ts';

/** Requests of each takeover with its way back, at least. */
const REQUESTS = 50_000;
const [PLAIN, COLOR] = [{ name: 'plain' }, { name: 'color' }] as const;
const WAYS = [
  { title: 'Helm 3', program: 'helm3', flags: [] },
  { title: 'Helm 4, client-side apply', program: 'helm', flags: ['--server-side=false'] },
  { title: 'Helm 4, server-side apply', program: 'helm', flags: ['--server-side=true'] },
];

const words = process.argv.slice(2);
const bench = await setUp();
const helm3 = (await ensurePrograms(['helm3'])).get('helm3') ?? 'helm3';
const rows: string[] = [];
for (const [index, { title, program, flags }] of WAYS.entries()) {
  if (words.length > 0 && !words.some((word) => title.includes(word))) continue;
  const name = `bench-adoption-${index}`;
  console.log(title);
  await namespace(bench, name);
  const installed = await helmWith(bench, program === 'helm3' ? helm3 : program, name, PLAIN, flags);
  if (!installed.ok) throw new Error(`${title} could not install the app: ${installed.stderr}`);
  rows.push(await measure(bench, name, title));
  await cleanUp(bench, [name]);
}
console.log(['| from | requests | lost | mixed | to the color | back |', '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n'));

async function measure(at: Bench, name: string, title: string): Promise<string> {
  const load = startLoad(at, name, 'adoption');
  await answersOf(load, PLAIN.name);
  const { run, report } = await deployOurs(at, name, COLOR);
  if (run.exitCode !== 0) throw new Error(`${title}: the takeover failed:\n${run.log.join('\n')}`);
  await answersOf(load, COLOR.name);
  const back = await giveBack(at, name);
  while (load.progress.sent < REQUESTS) await new Promise((resolve) => setTimeout(resolve, 500));
  const { sent, lost, mixed, losses } = await load.stop();
  for (const loss of losses.slice(0, 5)) console.log(`lost at ${new Date(loss.at).toISOString()}: ${loss.reason}`);
  return `| ${[title, sent, lost, mixed, `${report.switchMs} ms`, `${back} ms`].join(' | ')} |`;
}

/** Returns how long the switch took, ms. */
async function giveBack(at: Bench, name: string): Promise<string> {
  const inputs = { release: 'pair', namespace: name, to: 'plain', bake: '5s', drain: '5s', url: `http://${hostOf(name)}` };
  const { exitCode, outputs, log } = await runAction({ action: 'actions/rollback', env: at.cluster.env, inputs });
  if (exitCode !== 0) throw new Error(`The way back failed:\n${log.join('\n')}`);
  return outputs['switch-ms'] ?? '';
}
