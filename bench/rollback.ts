import { runAction } from '../test/support/action.ts';
import { deployOurs, rollbackHelm, undoRollout, upgradeHelm } from './deployers.ts';
import type { Row } from './scenarios.ts';
import { answersOf, type Bench, startLoad } from './setup.ts';

const SETTLE_MS = 3_000;
const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
const [OLD, LEFT] = [{ name: 'r1' }, { name: 'r2' }] as const;
/** Each round rolls back the rollback of the round before. */
const ROUNDS = 3;

type GoBack = () => Promise<{ ok: boolean; said: string }>;

interface Round {
  ms: number;
  overlapMs: number;
  lost: number;
  sent: number;
}

/** From the start of the program until the replaced version answers nobody any more; and what users lost. */
async function measure(bench: Bench, namespace: string, name: string, left: string, old: string, goBack: GoBack): Promise<Round> {
  const load = startLoad(bench, namespace, name);
  await answersOf(load, left);
  await settle();
  const startedAt = Date.now();
  const { ok, said } = await goBack();
  await settle();
  const result = await load.stop();
  for (const loss of result.losses.slice(0, 3)) console.log(`${name}: lost at +${loss.at - startedAt} ms: ${loss.reason}`);
  if (!ok) throw new Error(`${name} failed: ${said}`);
  const [last, first] = [result.seen[left]?.last, result.seen[old]?.first];
  if (last === undefined || first === undefined) throw new Error(`${name}: not both versions answered: ${JSON.stringify(result.versions)}`);
  return { ms: last - startedAt, overlapMs: Math.max(0, last - first), lost: result.lost, sent: result.sent };
}

async function rounds(bench: Bench, namespace: string, name: string, goBack: GoBack): Promise<Round[]> {
  const all: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [left, old] = round % 2 === 0 ? [LEFT.name, OLD.name] : [OLD.name, LEFT.name];
    all.push(await measure(bench, namespace, `${name} ${round + 1}`, left, old, goBack));
  }
  return all;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const seconds = (ms: number) => (ms / 1000).toFixed(2);
/** E.g. `1.17 s (1.10–1.30)`. */
const spread = (values: readonly number[]): string =>
  `${seconds(median(values))} s (${seconds(Math.min(...values))}–${seconds(Math.max(...values))})`;

/** By hand, to the previous version, whose color still runs (`keep-old: warm`); beside `helm rollback --wait` and `kubectl rollout undo`. */
export async function warmRollback(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  await deployOurs(bench, ours, OLD);
  const { run } = await deployOurs(bench, ours, LEFT, { 'keep-old': 'warm' });
  if (run.exitCode !== 0) throw new Error(`Our deploy failed:\n${run.log.join('\n')}`);
  const mine = await rounds(bench, ours, 'todo-deploy', async () => {
    const inputs = { release: 'pair', namespace: ours, bake: '5s', drain: '5s', 'keep-old': 'warm' };
    const result = await runAction({ action: 'actions/rollback', env: bench.cluster.env, inputs });
    return { ok: result.exitCode === 0, said: result.log.join('\n') };
  });

  const upgrade = (version: { name: string }) => upgradeHelm(bench, helm, version, ['--timeout', '2m']);
  await upgrade(OLD);
  await upgrade(LEFT);
  const byHelm = await rounds(bench, helm, 'helm rollback', async () => {
    const { ok, stderr } = await rollbackHelm(bench, helm);
    return { ok, said: stderr };
  });
  await upgrade(LEFT);
  const byKubectl = await rounds(bench, helm, 'kubectl rollout undo', () => undoRollout(bench, helm));

  const took = (all: readonly Round[]) => all.map(({ ms }) => ms);
  const overlap = (all: readonly Round[]) => spread(all.map(({ overlapMs }) => overlapMs));
  const times = (all: readonly Round[]) => `${(median(took(all)) / Math.max(median(took(mine)), 1)).toFixed(1)} times`;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const lost = (all: readonly Round[]) => `${sum(all.map((round) => round.lost))} of ${sum(all.map(({ sent }) => sent))}`;
  return [
    {
      what: `rollback by hand to a version that still runs: start of the program until all users are on it (median of ${ROUNDS}, range)`,
      ours: spread(took(mine)),
      helm: `${spread(took(byHelm))}; kubectl rollout undo: ${spread(took(byKubectl))}`,
      ratio: `${times(byHelm)}; ${times(byKubectl)}`,
    },
    {
      what: 'rollback by hand: both versions answer users for',
      ours: overlap(mine),
      helm: `${overlap(byHelm)}; kubectl rollout undo: ${overlap(byKubectl)}`,
    },
    { what: 'rollback by hand: requests lost', ours: lost(mine), helm: `${lost(byHelm)}; kubectl rollout undo: ${lost(byKubectl)}` },
  ];
}
