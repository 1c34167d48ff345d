import { describe, expect, test } from '@jest/globals';
import type { StepFailure } from '../../../../src/deploy/diagnosis/failure.ts';
import type { Log } from '../../../../src/interfaces/log.ts';
import { CAUSES, SCENARIOS } from '../../../support/causes/catalogue.ts';
import { judge } from '../../../support/causes/judge.ts';
import { Player } from '../../../support/causes/player.ts';
import { type Recording, read, recorded, signIn } from '../../../support/causes/recording.ts';
import type { Scenario, Verdict } from '../../../support/causes/scenario.ts';
import { GOOD } from '../../../support/causes/scenarios/good.ts';
import { randomOf } from '../../../support/random.ts';

interface Played {
  verdict: 'ready' | StepFailure;
  /** How many entries of the recording had been seen by then. */
  shown: number;
  ms: number;
}

async function play(recording: Recording, delayMs?: (kind: string) => number): Promise<Played> {
  const player = new Player(recording, delayMs);
  const { kubernetes, clock } = player;
  const began = clock.now();
  const verdict = await clock.until(judge(recording, { kubernetes, clock }));
  return { verdict, shown: player.shown, ms: clock.now() - began };
}

const failing = CAUSES.map((scenario) => [scenario.name, scenario] as const);
const isBad = (scenario: Scenario): scenario is Scenario & { verdict: Verdict } => scenario.verdict !== 'ready';

test('every scenario is recorded, and nothing else', () => {
  expect(recorded().sort()).toEqual(SCENARIOS.map(({ name }) => name).sort());
});

describe('what the cluster said is named', () => {
  test.each(failing)('%s', async (name, scenario) => {
    if (!isBad(scenario)) throw new Error('it is expected to become ready');
    const { reason, message, hint, evidence } = scenario.verdict;
    const { verdict } = await play(read(name));
    expect(verdict).toMatchObject({ reason, message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    const told = await (verdict as StepFailure).evidence();
    expect(told.map(({ text }) => text).join('\n')).toMatch(evidence ?? /^/);
  });
});

test('what may pass by itself is said once, with the time that it has', async () => {
  const said: string[] = [];
  const info = (line: string): void => void said.push(line);
  const log = new Proxy({} as Log, { get: () => info });
  const recording = read('missing-secret');
  const { kubernetes, clock } = new Player(recording);
  await clock.until(judge(recording, { kubernetes, clock, log }));
  expect(said.filter((line) => line.includes('by itself'))).toEqual([
    expect.stringMatching(/not found \(it has 20 s to pass by itself\)$/),
  ]);
});

/** What the cluster says in one breath, on a busy machine. */
const BREATH_MS = 3_000;

describe('as early as it is certain', () => {
  const signed = failing.flatMap(([name, { verdict }]) => (verdict !== 'ready' && verdict.sign ? [[name, verdict] as const] : []));
  /** The cluster says nothing more after this many entries, and time goes on. */
  const cut = (recording: Recording, length: number): Recording => ({ ...recording, entries: recording.entries.slice(0, length) });

  test.each(signed)('%s: with the first word that says it, not before', async (name, verdict) => {
    const { reason } = verdict;
    const recording = read(name);
    const index = signIn(recording.entries, verdict);
    expect(index).toBeGreaterThanOrEqual(0);
    const until = (recording.entries[index]?.at ?? 0) + BREATH_MS;
    const breath = recording.entries.filter(({ at }) => at <= until).length;
    expect((await play(cut(recording, breath))).verdict).toMatchObject({ reason });
    const before = await play(cut(recording, index));
    // At the time limit it is what is known.
    if (before.ms < recording.limitMs) expect(before.verdict).not.toMatchObject({ reason });
  });

  test.each(failing.filter(([, { verdict }]) => verdict !== 'ready' && !verdict.sign))('%s: only when the time is over', async (name) => {
    const recording = read(name);
    expect((await play(recording)).ms).toBeGreaterThanOrEqual(recording.limitMs);
  });
});

describe('no false alarm', () => {
  const good = GOOD.map(({ name }) => name);
  const SEED = Number(process.env.SEED ?? 20_261_129);

  test.each(good)('%s', async (name) => expect((await play(read(name))).verdict).toBe('ready'));

  test(`in 50 plays of them, the watches out of step (SEED=${SEED})`, async () => {
    const random = randomOf(SEED);
    for (let round = 0; round < 50; round++) {
      const name = good[Math.floor(random() * good.length)] ?? '';
      const delays = new Map<string, number>();
      const delayMs = (kind: string): number => {
        const known = delays.get(kind) ?? Math.floor(random() * 2_000);
        delays.set(kind, known);
        return known;
      };
      const { verdict } = await play(read(name), delayMs);
      expect([round, name, verdict === 'ready' ? verdict : verdict.message]).toEqual([round, name, 'ready']);
    }
  }, 120_000);
});
