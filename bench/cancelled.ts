import type { Child } from '../test/support/action.ts';
import { deployOurs } from './deployers.ts';
import { type Row, seconds } from './scenarios.ts';
import type { Bench } from './setup.ts';

/** GitHub's runner sends SIGTERM this long after SIGINT, and kills 2.5 s later. */
const GRACE_MS = 7_500;

/** A job that is cancelled while users are already on the new version: how long the step continues until they are back on the old one. */
export async function cancelled(bench: Bench, ours: string): Promise<Row[]> {
  await deployOurs(bench, ours, { name: 'd1' });
  let child: Child | undefined;
  let cancelledAt = 0;
  const { run } = await deployOurs(
    bench,
    ours,
    { name: 'd2' },
    { bake: '60s' },
    {
      onStart: (started) => {
        child = started;
      },
      onLine: (line) => {
        if (cancelledAt > 0 || !line.includes('Watch d2')) return;
        cancelledAt = Date.now();
        child?.kill('SIGINT');
      },
    },
  );
  const tookMs = Date.now() - cancelledAt;
  if (run.outputs['failure-reason'] !== 'cancelled') throw new Error(`The run was not cancelled:\n${run.log.join('\n')}`);
  return [
    {
      what: `cancelled under traffic: until the run has ended, of ${GRACE_MS / 1000} s that GitHub gives`,
      ours: seconds(tookMs),
      helm: '–',
    },
  ];
}
