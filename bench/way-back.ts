import { join } from 'node:path';
import { PairApp } from '../test/cluster/deploy-support.ts';
import { WAYS, WayBack } from '../test/support/way-back.ts';
import type { Row } from './scenarios.ts';
import { type Bench, cleanUp, RATE } from './setup.ts';

const ROUNDS = 3;

/** Back to the version before, of an app without preStop hooks, while endpoints change all over the cluster. */
export async function wayBack(bench: Bench): Promise<Row[]> {
  const app = await PairApp.create('bench-way-back', bench.cluster, ['v1', 'v2'], bench.runner);
  const back = new WayBack(app, bench.cluster);
  await back.first();
  const rows: Row[] = [];
  for (const way of WAYS) {
    const sums = { lost: 0, sent: 0, mixed: 0, turns: 0 };
    for (let round = 1; round <= ROUNDS; round++) {
      const { load, turns } = await back.go(way, RATE, join(bench.work, `way-back-${round}.json`));
      for (const { at, reason } of load.losses) console.log(`${way}: lost at +${at - load.startedAt} ms: ${reason}`);
      sums.lost += load.lost;
      sums.sent += load.sent;
      sums.mixed += load.mixed;
      sums.turns += turns;
    }
    rows.push({
      what: `no preStop hook, ${sums.turns} changes of other endpoints meanwhile, back ${way}: requests lost; answers made by two versions`,
      ours: `${sums.lost} of ${sums.sent}; ${sums.mixed}`,
      helm: '–',
    });
  }
  await cleanUp(bench, [app.namespace]);
  return rows;
}
