import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sampled } from '../../support/sample.ts';
import { App, type Ended } from '../support/app.ts';
import { QUALITIES, type Quality, versionOf } from '../support/pods.ts';
import type { Fault } from '../support/wire.ts';
import { Witness } from '../support/witness.ts';

/**
 * The invariants (docs/architecture.md) on the real way back: whatever fails or is killed at whatever write, (a) no Service is led to what
 * was not ready and checked, (b) users are served by what passed, (c) no two runs interleave, (d) a run is red if and only if its version
 * is not the one that serves. `npm run proof` runs every seed, and every write.
 */
/** Those that the proof runs. */
const PROVED = Array.from({ length: 20 }, (_, index) => index + 1);
const MATRIX = process.env.PROOF_SEEDS !== undefined;
const SEEDS = MATRIX ? (process.env.PROOF_SEEDS ?? '').split(/[ ,]+/).map(Number) : sampled(PROVED, 'a random story').slice(0, 1);
/** A deploy has 13 writes, one that goes back 15. */
const WRITES = 16;
/** The write that moves the Service. */
const SWITCHED = 9;

interface Event {
  quality: Quality;
  fault?: Fault | undefined;
}

/** Most of them where users are moved, and the old color is stopped. */
const write = fc.oneof(fc.integer({ min: 1, max: WRITES }), { arbitrary: fc.integer({ min: 8, max: 13 }), weight: 3 });
const fault = fc.record({ kind: fc.constantFrom<Fault['kind']>('kill', 'fail'), write });
const event = fc.record<Event>({ quality: fc.constantFrom('good', ...QUALITIES), fault: fc.option(fault, { nil: undefined, freq: 3 }) });
const sequenceOf = (seed: number, length: number): Event[] =>
  fc.sample(fc.array(event, { minLength: length, maxLength: length }), { seed, numRuns: 1 })[0] ?? [];

/** Runs the events one after the other, each judged, and a good one at the end, which must serve. */
async function prove(events: readonly Event[]): Promise<void> {
  const app = await App.create('proof');
  const witness = new Witness(app);
  witness.start();
  const story: string[] = [];
  try {
    for (const [index, { quality, fault }] of [...events, { quality: 'good' } as Event].entries()) {
      const version = `v${index}-${quality}`;
      const ended = await app.deploy(version, fault);
      const left = (await app.journal()).inFlight?.phase ?? 'nothing';
      story.push(`${version} ${fault ? `${fault.kind} at write ${fault.write}` : 'alone'}: ${statusOf(ended)}, left ${left}`);
      await judge(app, witness, version, ended, fault);
      await app.letLeaseExpire();
    }
    const { inFlight, history } = await app.journal();
    expect([inFlight, history[0]?.version]).toEqual([undefined, `v${events.length}-good`]);
    if (MATRIX) console.log(story.join('\n'));
  } catch (error) {
    throw new Error(`${story.join('\n')}\n${error instanceof Error ? error.message : error}`);
  } finally {
    await witness.stop();
    await app.remove();
  }
}

const statusOf = ({ outcome }: Ended): string => (outcome === 'killed' ? outcome : `${outcome.status} ${outcome.failureReason ?? ''}`);

async function judge(app: App, witness: Witness, version: string, { outcome }: Ended, fault: Fault | undefined): Promise<void> {
  const { active } = await app.journal();
  if (active !== undefined) await witness.requireServed(await app.selector(), `Users are led on after ${version}`);
  // (a), (b)
  expect(witness.seen).toEqual([]);
  // (c): what a killed run had in mind does not come later.
  const turns = app.order.filter((one, index) => one !== app.order[index - 1]);
  expect(turns).toEqual([...new Set(turns)]);
  // (d): where the way back itself was refused, the run says so, and the next one heals.
  if (outcome === 'killed' || (fault && outcome.failureReason === 'rollback-failed')) return;
  const serving = [...new Set((await app.serving()).map(versionOf))];
  if (outcome.status === 'deployed') expect(serving).toEqual([version]);
  else expect(serving).not.toContain(version);
}

describe('users are on a version that passed, whatever ends a run', () => {
  test('killed after the switch, and the next one while it heals; then one that goes back by itself', () => {
    const killedAt = (write: number): Event => ({ quality: 'good', fault: { kind: 'kill', write } });
    return prove([{ quality: 'good' }, killedAt(SWITCHED), killedAt(2), { quality: 'late' }]);
  }, 120_000);

  test.each(SEEDS)('a random story, seed %d', (seed) => prove(sequenceOf(seed, 5)), 120_000);

  if (!MATRIX) return;
  const writes = Array.from({ length: WRITES }, (_, index) => index + 1);
  const faults = writes.flatMap((write) => (['kill', 'fail'] as const).map((kind): Fault => ({ kind, write })));
  test.each(faults)(
    '$kind at write $write of each kind of version',
    (fault) => {
      return prove([{ quality: 'good' }, ...QUALITIES.map((quality) => ({ quality, fault }))]);
    },
    120_000,
  );
  test.each(faults)('$kind at write $write of a first deploy', (fault) => prove([{ quality: 'good', fault }]), 120_000);
});
