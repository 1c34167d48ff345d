import fc from 'fast-check';
import { FAULTS, type Fault } from './gate.ts';

/** What people do to a pull request. */
const CHANGES = [
  'push',
  'bad push',
  'force-push',
  'draft',
  'ready',
  'label',
  'unlabel',
  'retarget',
  'close',
  'merge',
  'branch deleted',
  'reopen',
] as const;
export type Change = (typeof CHANGES)[number];

export interface Settings {
  /** Only pull requests with a label have previews. */
  label: boolean;
  drafts: 'up' | 'off';
  max: number;
  /** The app has a volume. */
  claim: boolean;
}

/** Somebody does something, and a run of the workflow comes of it. */
export interface Acted {
  kind: 'act';
  /** Which pull request. */
  pull: number;
  change: Change;
  /** The event never comes. */
  lost: boolean;
  fault: Fault | undefined;
  /** A killed run's post step comes nevertheless. */
  post: boolean;
  /** While the run is at work, after so many calls: its run comes after this one. */
  meanwhile: { change: Change; call: number } | undefined;
}

type Step =
  | Acted
  /** Of two pull requests at once. */
  | { kind: 'two'; acts: [Acted, Acted] }
  /** Somebody runs an old job again. */
  | { kind: 'again'; pull: number; back: number }
  | { kind: 'time'; days: number; skewDays: number }
  /** `lies`: what GitHub says instead. */
  | { kind: 'janitor'; lies: number[]; fault: Fault | undefined };

export interface History {
  settings: Settings;
  steps: Step[];
}

/** A first deploy makes some 110 calls, a removal 90. */
const CALLS = 130;
const LIES = 12;

const rarely = <T>(one: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, one);
const call = fc.oneof(fc.integer({ min: 1, max: CALLS }), fc.integer({ min: 1, max: 12 }));
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...FAULTS), call });
const pull = fc.integer({ min: 0, max: 2 });
const change = fc.oneof(
  { arbitrary: fc.constantFrom<Change>('push', 'close', 'merge'), weight: 2 },
  { arbitrary: fc.constantFrom(...CHANGES), weight: 3 },
);

const act: fc.Arbitrary<Acted> = fc.record({
  kind: fc.constant('act'),
  pull,
  change,
  lost: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
  fault: rarely(fault, 3),
  post: fc.boolean(),
  meanwhile: rarely(fc.record({ change, call }), 4),
});

export function histories(length = 7): fc.Arbitrary<History> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { arbitrary: act, weight: 8 },
    { arbitrary: fc.record({ kind: fc.constant('two'), acts: fc.tuple(act, act) }), weight: 2 },
    { arbitrary: fc.record({ kind: fc.constant('again'), pull, back: fc.integer({ min: 1, max: 3 }) }), weight: 1 },
    {
      arbitrary: fc.record({ kind: fc.constant('time'), days: fc.constantFrom(0, 1, 7), skewDays: fc.constantFrom(0, 0, -400, 400) }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('janitor'),
        lies: fc.array(fc.nat({ max: LIES }), { maxLength: 6 }),
        fault: rarely(fault, 3),
      }),
      weight: 2,
    },
  );
  return fc.record({
    settings: fc.record({
      label: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, fc.constant(true)),
      drafts: fc.constantFrom<Settings['drafts']>('up', 'off'),
      max: fc.integer({ min: 1, max: 3 }),
      claim: fc.boolean(),
    }),
    steps: fc.array(step, { minLength: 3, maxLength: length }),
  });
}
