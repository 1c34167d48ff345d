import { request } from 'undici';
import { BUCKET_MS, type LoadResult } from '../demo/load/model.ts';
import { deployOurs, rollbackHelm, upgradeHelm } from './deployers.ts';
import { answersOf, type Bench, hostOf, startLoad, type Version } from './setup.ts';

/** One row of the table: the same figure for both sides. */
export interface Row {
  what: string;
  ours: string;
  helm: string;
  /** Helm's figure divided by ours, where that is meaningful. */
  ratio?: string;
}

const SETTLE_MS = 3_000;
export const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
/** Differences below one bucket of the load cannot be measured. */
export const ratio = (helm: number, ours: number): string =>
  ours < BUCKET_MS ? `> ${Math.floor(helm / BUCKET_MS)}` : (helm / ours).toFixed(1);

/** A good release under load: how long two versions answer at the same time, and what is lost. */
export async function goodRelease(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  const version: Version = { name: 'v2' };
  const measure = async (namespace: string, deploy: () => Promise<unknown>) => {
    const load = startLoad(bench, namespace, 'good');
    await answersOf(load, 'v1');
    await settle();
    await deploy();
    await settle();
    const result = await load.stop();
    const [before, after] = [result.seen.v1, result.seen.v2];
    if (before === undefined || after === undefined)
      throw new Error(`${namespace}: v1 and v2 did not both answer: ${JSON.stringify(result.versions)}`);
    return { result, overlapMs: Math.max(0, before.last - after.first) };
  };
  let switchMs = 0;
  const mine = await measure(ours, async () => {
    const { report } = await deployOurs(bench, ours, version);
    switchMs = report.switchMs ?? 0;
  });
  const theirs = await measure(helm, () => upgradeHelm(bench, helm, version, ['--timeout', '2m']));
  return [
    {
      what: 'good release: both versions answer users for',
      ours: seconds(mine.overlapMs),
      helm: seconds(theirs.overlapMs),
      ratio: ratio(theirs.overlapMs, mine.overlapMs),
    },
    { what: 'good release: patch of the Services until all endpoints are the new ones', ours: `${switchMs} ms`, helm: '–' },
    {
      what: 'good release: requests lost',
      ours: `${mine.result.lost} of ${mine.result.sent}`,
      helm: `${theirs.result.lost} of ${theirs.result.sent}`,
    },
    { what: 'good release: answers made by two versions', ours: `${mine.result.mixed}`, helm: `${theirs.result.mixed}` },
  ];
}

/** A version that fails only behind the front door: from the failing check to the last bad response. */
export async function badBehindFrontDoor(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  const bad = (namespace: string): Version => ({ name: 'v3', env: { FAIL_AT_HOST: hostOf(namespace) } });
  const load = startLoad(bench, ours, 'bad');
  await answersOf(load, 'v2');
  // Without version-header: the bad version names itself even in its 500 responses.
  const { report } = await deployOurs(bench, ours, bad(ours), { 'version-header': '' });
  await settle();
  const mine = await load.stop();
  const failed = report.steps.find((step) => step.result === 'failed');
  if (failed === undefined) throw new Error('Our deploy of the bad version did not fail');
  const failedAt = Date.parse(failed.startedAt) + (failed.durationMs ?? 0);
  const mineMs = lastFailure(mine) - failedAt;

  const other = startLoad(bench, helm, 'bad');
  await answersOf(other, 'v2');
  await upgradeHelm(bench, helm, bad(helm), ['--timeout', '2m']);
  await failingCheck(bench, hostOf(helm));
  const checkedAt = Date.now();
  await rollbackHelm(bench, helm);
  await settle();
  const theirs = await other.stop();
  const theirsMs = lastFailure(theirs) - checkedAt;
  return [
    {
      what: 'bad behind the front door: failing check until the last bad answer',
      ours: seconds(Math.max(0, mineMs)),
      helm: seconds(theirsMs),
      ratio: ratio(theirsMs, mineMs),
    },
    {
      what: 'bad behind the front door: bad answers to users',
      ours: `${mine.lost} of ${mine.sent}`,
      helm: `${theirs.lost} of ${theirs.sent}`,
    },
  ];
}

/** An image that does not exist: how long until the cause is shown. */
export async function badImage(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  const bad: Version = { name: 'v4', tag: 'does-not-exist' };
  const mine = await deployOurs(bench, ours, bad);
  const theirs = await upgradeHelm(bench, helm, bad, ['--rollback-on-failure', '--timeout', '60s']);
  const said = theirs.stderr.trim().split('\n').at(-1) ?? '';
  return [
    {
      what: 'image does not exist: until the run ends',
      ours: seconds(mine.durationMs),
      helm: `${seconds(theirs.durationMs)} (its --timeout was 60 s)`,
      ratio: ratio(theirs.durationMs, mine.durationMs),
    },
    { what: 'image does not exist: what it says', ours: mine.report.message ?? '', helm: said.slice(0, 160) },
  ];
}

function lastFailure({ lastLossAt }: LoadResult): number {
  if (lastLossAt === undefined) throw new Error('The bad version answered nobody: there is nothing to measure');
  return lastLossAt;
}

/** The smoke check that a team runs after \`helm upgrade\`, with the retries of ours. */
async function failingCheck({ cluster }: Bench, host: string): Promise<void> {
  const target = cluster.ingress.http[0] ?? '';
  for (let attempt = 1; ; attempt++) {
    const { statusCode, body } = await request(target, { headers: { host } });
    await body.dump();
    if (statusCode < 500) throw new Error(`The bad version answered ${statusCode} behind the front door`);
    if (attempt === 3) return;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
