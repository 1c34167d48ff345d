import { runAction } from '../test/support/action.ts';
import { deployOurs, rollbackHelm, undoRollout, upgradeHelm } from './deployers.ts';
import type { Row } from './scenarios.ts';
import { answersOf, type Bench, startLoad } from './setup.ts';

const SETTLE_MS = 3_000;
const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const [OLD, LEFT] = [{ name: 'r1' }, { name: 'r2' }] as const;

/** From the start of the program until nobody is answered by the version that is left any more; and what users lost. */
async function measure(bench: Bench, namespace: string, name: string, goBack: () => Promise<{ ok: boolean; said: string }>) {
  const load = startLoad(bench, namespace, name);
  await answersOf(load, LEFT.name);
  await settle();
  const startedAt = Date.now();
  const { ok, said } = await goBack();
  await settle();
  const result = await load.stop();
  for (const loss of result.losses.slice(0, 3)) console.log(`${name}: lost at +${loss.at - startedAt} ms: ${loss.reason}`);
  if (!ok) throw new Error(`${name} failed: ${said}`);
  const [left, old] = [result.seen[LEFT.name], result.seen[OLD.name]];
  if (left === undefined || old === undefined) throw new Error(`${name}: not both versions answered: ${JSON.stringify(result.versions)}`);
  return { ms: left.last - startedAt, overlapMs: Math.max(0, left.last - old.first), result };
}

/** By hand, to the version before, whose color still runs (`keep-old: warm`); beside `helm rollback --wait` and `kubectl rollout undo`. */
export async function warmRollback(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  await deployOurs(bench, ours, OLD);
  const { run } = await deployOurs(bench, ours, LEFT, { 'keep-old': 'warm' });
  if (run.exitCode !== 0) throw new Error(`Our deploy failed:\n${run.log.join('\n')}`);
  const mine = await measure(bench, ours, 'todo-deploy', async () => {
    const result = await runAction({
      action: 'actions/rollback',
      env: bench.cluster.env,
      inputs: { release: 'pair', namespace: ours, bake: '5s', drain: '5s' },
    });
    return { ok: result.exitCode === 0, said: result.log.join('\n') };
  });

  const upgrade = (version: { name: string }) => upgradeHelm(bench, helm, version, ['--timeout', '2m']);
  await upgrade(OLD);
  await upgrade(LEFT);
  const byHelm = await measure(bench, helm, 'helm rollback', async () => {
    const { ok, stderr } = await rollbackHelm(bench, helm);
    return { ok, said: stderr };
  });
  await upgrade(LEFT);
  const byKubectl = await measure(bench, helm, 'kubectl rollout undo', () => undoRollout(bench, helm));

  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const times = (ms: number) => `${(ms / Math.max(mine.ms, 1)).toFixed(1)} times`;
  const lost = ({ result }: typeof mine) => `${result.lost} of ${result.sent}`;
  return [
    {
      what: 'rollback by hand to a version that still runs: start of the program until all users are on it',
      ours: seconds(mine.ms),
      helm: `${seconds(byHelm.ms)}; kubectl rollout undo: ${seconds(byKubectl.ms)}`,
      ratio: `${times(byHelm.ms)}; ${times(byKubectl.ms)}`,
    },
    {
      what: 'rollback by hand: both versions answer users for',
      ours: seconds(mine.overlapMs),
      helm: `${seconds(byHelm.overlapMs)}; kubectl rollout undo: ${seconds(byKubectl.overlapMs)}`,
    },
    { what: 'rollback by hand: requests lost', ours: lost(mine), helm: `${lost(byHelm)}; kubectl rollout undo: ${lost(byKubectl)}` },
  ];
}
