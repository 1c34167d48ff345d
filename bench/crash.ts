import { BUCKET_MS } from '../demo/load/model.ts';
import type { RunningLoad } from '../demo/load/run.ts';
import { deployOurs, rollbackHelm, upgradeHelm } from './deployers.ts';
import { type Row, ratio, seconds, settle } from './scenarios.ts';
import { answersOf, type Bench, startLoad, type Version } from './setup.ts';

const GOOD: Version = { name: 'c1' };
/** Ready and passing every check, until it has served users for some seconds. */
const CRASHES: Version = { name: 'c2', env: { CRASH_AFTER_MS: '25000' } };
const LIMIT_MS = 90_000;

interface Crash {
  lost: number;
  sent: number;
  /** First request lost until the last one. */
  ms: number;
}

/** A version that crashes under traffic. todo-deploy notices during the bake; with Helm, a person rolls back at the first lost request. */
export async function crashUnderTraffic(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  await deployOurs(bench, ours, GOOD);
  const mine = await measure(bench, ours, async () => {
    await deployOurs(bench, ours, CRASHES, { bake: '45s' });
  });
  await upgradeHelm(bench, helm, GOOD, ['--timeout', '2m']);
  const theirs = await measure(bench, helm, async (load) => {
    await upgradeHelm(bench, helm, CRASHES, ['--timeout', '2m']);
    await oneLost(load);
    await rollbackHelm(bench, helm);
  });
  return [
    {
      what: 'crash under traffic: first request lost until the last one',
      ours: seconds(mine.ms),
      helm: seconds(theirs.ms),
      ratio: ratio(theirs.ms, mine.ms),
    },
    { what: 'crash under traffic: requests lost', ours: `${mine.lost} of ${mine.sent}`, helm: `${theirs.lost} of ${theirs.sent}` },
  ];
}

async function measure(bench: Bench, namespace: string, release: (load: RunningLoad) => Promise<void>): Promise<Crash> {
  const load = startLoad(bench, namespace, 'crash');
  await answersOf(load, GOOD.name);
  await release(load);
  await settle();
  const { buckets, lost, sent } = await load.stop();
  const bad = buckets.filter((bucket) => bucket.lost > 0).map(({ at }) => at);
  if (bad.length === 0) throw new Error('No request was lost: there is nothing to measure');
  return { lost, sent, ms: Math.max(...bad) - Math.min(...bad) + BUCKET_MS };
}

async function oneLost(load: RunningLoad): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (load.progress.lost === 0) {
    if (Date.now() > deadline) throw new Error(`No request was lost within ${LIMIT_MS / 1000} s: the version did not crash`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
