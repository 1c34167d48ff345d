import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { App, type Ended } from '../support/app.ts';
import { type Drawn, type Fault, HICCUPS, HiccupWay, isHelm, say } from '../support/hiccups.ts';
import { Witness } from '../support/witness.ts';

/**
 * One hiccup of the API server at a request of a run, ours or Helm's, is ridden out: the version serves, users met nothing, and the log says
 * it in a line. Requests are drawn by a seed; `npm run proof` meets each of them with each kind of hiccup, alone.
 */
const MATRIX = process.env.PROOF_SEEDS !== undefined;
const SEED = Number(process.env.HICCUP_SEED ?? Math.floor(Math.random() * 1e9));
const REQUESTS = 60;
/** So many in one run, far from each other; alone in the matrix. */
const TOGETHER = MATRIX ? 1 : 4;
/** Apps side by side. */
const LANES = 3;

/** What a run does; `before`: versions that are there then. */
interface Kind {
  before: readonly string[];
  /** Whether each run has an app of its own. */
  isFirst: boolean;
  run(app: App, number: number): Promise<Ended>;
}
const KINDS: Readonly<Record<string, Kind>> = {
  'of a deploy over another version': {
    before: ['v1-good'],
    isFirst: false,
    run: (app, number) => app.deploy(`v${number}-good`),
  },
  'of a first deploy': { before: [], isFirst: true, run: (app) => app.deploy('v1-good') },
  'of a rollback': { before: ['v1-good', 'v2-good'], isFirst: false, run: (app) => app.rollback('previous') },
};

jest.setTimeout(MATRIX ? 3_600_000 : 480_000);

const shuffled = <T>(all: readonly T[], seed: number): T[] =>
  fc.sample(fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }), { seed, numRuns: 1 })[0] ?? [];

interface Lane {
  app: App;
  way: HiccupWay;
  witness: Witness;
}

async function open(way?: HiccupWay): Promise<Lane> {
  const app = await App.create('hiccups');
  const lane = { app, way: way ?? (await HiccupWay.open()), witness: new Witness(app) };
  app.as = lane.way.way.access;
  lane.witness.start();
  return lane;
}

async function leave({ app, witness }: Lane): Promise<void> {
  await witness.stop();
  await app.remove();
}

async function close(lane: Lane): Promise<void> {
  await leave(lane);
  lane.way.way.close();
}

/** Every request of a run that meets nothing. */
async function requestsOf({ app, way }: Lane, { before, run }: Kind): Promise<Drawn[]> {
  for (const version of before) expect((await app.deploy(version)).outcome).toMatchObject({ status: 'deployed' });
  way.expect([]);
  expect((await run(app, 2)).outcome).toMatchObject({ status: 'deployed' });
  return [...way.seen];
}

/** Faults that runs are to meet, until so many were met; one that a run does not come by is replaced by another. */
class Draw {
  readonly #pool: Fault[];
  readonly #wanted: number;
  met = 0;

  constructor(requests: readonly Drawn[]) {
    const drawn = shuffled(requests, SEED);
    const kindsOf = (index: number) => (MATRIX ? HICCUPS : HICCUPS.slice(index % HICCUPS.length).slice(0, 1));
    this.#pool = drawn.flatMap((request, index) => kindsOf(index).map((lost) => ({ ...request, lost })));
    this.#wanted = REQUESTS * (MATRIX ? HICCUPS.length : 1);
  }

  next(): Fault[] {
    return this.met >= this.#wanted ? [] : this.#pool.splice(0, TOGETHER);
  }
}

/** A watch that fails as its wait ends is opened no more, and nobody is told. */
const isWatch = ({ words }: Drawn): boolean => words.startsWith('own WATCH ');

/** Runs until enough was met; returns what went wrong, a line each. */
async function ride(lane: Lane, kind: Kind, draw: Draw, story: string[]): Promise<string[]> {
  const { way } = lane;
  const wrong: string[] = [];
  for (let faults = draw.next(), run = 3; faults.length > 0; faults = draw.next(), run++) {
    if (kind.isFirst) {
      await leave(lane);
      Object.assign(lane, await open(way));
    }
    const { app, witness } = lane;
    way.expect(faults);
    const { outcome, log } = await kind.run(app, run);
    draw.met += way.met.length;
    const met = way.met.map(say).join(', ');
    const status = outcome === 'killed' ? outcome : `${outcome.status} ${outcome.report.failure?.message ?? ''}`;
    story.push(`${met || 'nothing met'}: ${status}`);
    if (status !== 'deployed ') wrong.push(`${met}: ${status}`);
    else if (way.met.some((fault) => !isWatch(fault)) && !log.some((line) => line.startsWith('A hiccup')))
      wrong.push(`${met}: nothing in the log`);
    wrong.push(...witness.seen.splice(0).map((line) => `${met}: ${line}`));
    if ((await app.serving()).length === 0) wrong.push(`${met}: nobody serves`);
    await app.letLeaseExpire();
  }
  return wrong;
}

test.each(Object.entries(KINDS))(`a hiccup at ${REQUESTS} requests %s, drawn by seed ${SEED}`, async (_, kind) => {
  const lanes = await Promise.all(Array.from({ length: LANES }, () => open()));
  const story: string[] = [];
  try {
    const [requests] = await Promise.all(lanes.map((lane) => requestsOf(lane, kind)));
    const draw = new Draw(requests ?? []);
    const wrong = (await Promise.all(lanes.map((lane) => ride(lane, kind, draw, story)))).flat();
    if (process.env.HICCUP_STORY) console.log(`${requests?.length} requests\n${story.join('\n')}`);
    expect(wrong).toEqual([]);
    expect(draw.met).toBeGreaterThanOrEqual(REQUESTS);
  } finally {
    await Promise.all(lanes.map(close));
  }
});

test('what stays is told with call, object and status, and not as the chart’s mistake', async () => {
  const lane = await open();
  const { app, way } = lane;
  try {
    expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
    const rows = [
      ['GET', /^\/version$/, 'GET /version', 'failed'],
      ['PATCH', /deployments\/small-web-green$/, `PATCH deployments.apps/small-web-green in namespace ${app.namespace}`, 'rolled-back'],
    ] as const;
    for (const [method, path, words, status] of rows) {
      way.way.lose = (asked, seen, agent) => (asked === method && path.test(seen) && isHelm(agent) ? 500 : undefined);
      const { outcome } = await app.deploy('v2-good');
      expect(outcome).toMatchObject({ status, failureReason: 'service-failed' });
      const message = outcome === 'killed' ? '' : (outcome.report.failure?.message ?? '');
      expect(message).toContain(`The API server answered 500 to ${words}: injected (6 attempts in`);
      expect(message).not.toContain('render');
      expect(lane.witness.seen).toEqual([]);
    }
  } finally {
    await close(lane);
  }
});
