import fc from 'fast-check';
import { type Component, QUALITIES, ROLES, type Version } from '../app/version.ts';
import { HANDS, type Hand } from './hands.ts';
import { FAULTS, type Fault } from './line.ts';

/** A chart at a version that has no name yet. */
export type Content = Omit<Version, 'name'>;

export interface Options {
  keepOld: 'zero' | 'warm' | 'remove';
  bakeMs: number;
  drainMs: number;
}

/** A person's hand while a run is at work. */
interface Meanwhile {
  hand: Hand;
  /** After this many writes of the run. */
  write: number;
}

export interface Deploy {
  kind: 'deploy';
  content: Content;
  options: Options;
  fault: Fault | undefined;
  meanwhile: Meanwhile | undefined;
}

export interface Rollback {
  kind: 'rollback';
  to: 'previous' | '-2';
  options: Options;
  fault: Fault | undefined;
  meanwhile: Meanwhile | undefined;
}

export type Event =
  | Deploy
  | Rollback
  | { kind: 'two'; runs: [Deploy, Deploy | Rollback] }
  | { kind: 'hand'; hand: Hand }
  | { kind: 'load'; pods: number };

export interface History {
  /** Of the API's latencies. */
  seed: number;
  events: Event[];
}

/** A deploy has some 30 writes, Helm's among them; most faults come where users are moved. */
const WRITES = 45;

const component = (roles: readonly Component['role'][]): fc.Arbitrary<Component> =>
  fc.record({
    role: fc.constantFrom(...roles),
    renamed: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
    port: fc.oneof({ arbitrary: fc.constant<80 | 81>(80), weight: 3 }, fc.constant<80 | 81>(81)),
    replicas: fc.constantFrom(1, 2),
    autoscaled: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, fc.constant(true)),
  });

const content = (quality: fc.Arbitrary<Content['quality']>): fc.Arbitrary<Content> =>
  fc.record({
    quality,
    web: component(['stable']),
    api: component(ROLES),
    cron: fc.boolean(),
    job: fc.constantFrom<Content['job']>('none', 'same', 'image'),
    claim: fc.constantFrom(0, 0, 1, 2),
    settings: fc.constantFrom(0, 1),
    hook: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, fc.constant(true)),
    test: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
  });

const anyQuality = fc.oneof({ arbitrary: fc.constant<Content['quality']>('good'), weight: 5 }, fc.constantFrom(...QUALITIES));
const options: fc.Arbitrary<Options> = fc.record({
  keepOld: fc.constantFrom<Options['keepOld']>('zero', 'zero', 'warm', 'remove'),
  bakeMs: fc.constantFrom(0, 6_000),
  drainMs: fc.constantFrom(0, 2_000),
});
const write = fc.oneof(fc.integer({ min: 1, max: WRITES }), fc.integer({ min: 12, max: 35 }));
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...FAULTS), write, times: fc.constantFrom(1, 1, 2, 6) });
/** Once in so many. */
const maybe = <T>(one: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: times - 1 }, one);

/** Histories of an app. */
export function histories(length = 6): fc.Arbitrary<History> {
  const hand = fc.constantFrom(...HANDS);
  const during = fc.record({ hand, write });
  const deploy: fc.Arbitrary<Deploy> = fc.record({
    kind: fc.constant('deploy'),
    content: content(anyQuality),
    options,
    fault: maybe(fault, 2),
    meanwhile: maybe(during, 6),
  });
  const rollback: fc.Arbitrary<Rollback> = fc.record({
    kind: fc.constant('rollback'),
    to: fc.constantFrom<Rollback['to']>('previous', 'previous', '-2'),
    options,
    fault: maybe(fault, 2),
    meanwhile: maybe(during, 6),
  });
  const event: fc.Arbitrary<Event> = fc.oneof(
    { arbitrary: deploy, weight: 8 },
    { arbitrary: rollback, weight: 3 },
    { arbitrary: fc.record({ kind: fc.constant('hand'), hand }), weight: 3 },
    { arbitrary: fc.record({ kind: fc.constant('two'), runs: fc.tuple(deploy, fc.oneof(deploy, rollback)) }), weight: 1 },
    { arbitrary: fc.record({ kind: fc.constant('load'), pods: fc.constantFrom(1, 3) }), weight: 1 },
  );
  return fc.record({ seed: fc.nat(1_000_000), events: fc.array(event, { minLength: 1, maxLength: length }) });
}
