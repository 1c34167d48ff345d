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

/** Boxes of the comment. */
const BOXES = ['extend', 'reset', 'delete'] as const;
export type Box = (typeof BOXES)[number];

/** Who ticks them: may push, administers, may read, is nobody; or somebody who may push, in a comment that another one has forged. */
export const PEOPLE = { ada: 'write', root: 'admin', eve: 'read', zoe: 'none' } as const;
export type Person = keyof typeof PEOPLE;

export interface Settings {
  /** Only pull requests with a label have previews. */
  label: boolean;
  drafts: 'asleep' | 'up' | 'off';
  /** Previews that nobody has used for an hour go to sleep. */
  sleeps: boolean;
  /** A fork's commits get their preview once a person has let them through. */
  forks: boolean;
  max: number;
  /** The app has a volume. */
  claim: boolean;
}

/** How a run is disturbed. */
export interface Disturbance {
  fault: Fault | undefined;
  /** A killed run's post step comes nevertheless. */
  post: boolean;
  /** While the run is at work, after so many calls: its run comes after this one. */
  meanwhile: { does: Change | Box; call: number } | undefined;
}

/** Somebody does something, and a run of the workflow comes of it. */
export interface Acted extends Disturbance {
  kind: 'act';
  /** Which pull request. */
  pull: number;
  change: Change;
  /** The event never comes. */
  lost: boolean;
  /** Of a fork: somebody lets the commit through. */
  approved: boolean;
}

/** Somebody ticks a box in a comment. */
export interface Ticking extends Disturbance {
  kind: 'box';
  /** Which of those that have boxes. */
  pull: number;
  box: Box;
  by: Person;
  /** In a comment that looks like ours. */
  forged: boolean;
  lost: boolean;
}

type Step =
  | Acted
  | Ticking
  /** Of two pull requests at once. */
  | { kind: 'two'; acts: [Acted, Acted] }
  /** Somebody runs an old job again; of a fork: lets an old commit through. */
  | { kind: 'again'; pull: number; back: number }
  /** Somebody looks at one of the previews that sleep. */
  | { kind: 'visit'; pull: number; fault: Fault | undefined }
  | { kind: 'time'; hours: number; skewDays: number }
  /** Nobody comes for two hours; then the janitor does. */
  | { kind: 'idle'; fault: Fault | undefined }
  /** `lies`: what GitHub says instead. */
  | { kind: 'janitor'; lies: number[]; fault: Fault | undefined };

export interface History {
  settings: Settings;
  steps: Step[];
}

/** A first deploy makes some 160 calls, one that is put to sleep then 200, a removal 90. */
const CALLS = 200;
const LIES = 12;

const rarely = <T>(one: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, one);
const mostly = (usual: boolean, oneIn: number): fc.Arbitrary<boolean> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: oneIn - 1 }, fc.constant(!usual));
const call = fc.oneof(fc.integer({ min: 1, max: CALLS }), fc.integer({ min: 1, max: 12 }));
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...FAULTS), call });
/** The last one is a fork's. */
const pull = fc.oneof({ arbitrary: fc.integer({ min: 0, max: 2 }), weight: 4 }, fc.constant(3));
const change = fc.oneof(
  { arbitrary: fc.constantFrom<Change>('push', 'close', 'merge'), weight: 2 },
  { arbitrary: fc.constantFrom(...CHANGES), weight: 3 },
);
const box = fc.constantFrom(...BOXES);

const disturbance = {
  fault: rarely(fault, 3),
  post: fc.boolean(),
  meanwhile: rarely(fc.record({ does: fc.oneof({ arbitrary: change, weight: 3 }, box), call }), 4),
};
const act: fc.Arbitrary<Acted> = fc.record({
  kind: fc.constant('act'),
  pull,
  change,
  lost: mostly(false, 5),
  approved: mostly(true, 4),
  ...disturbance,
});
const ticking: fc.Arbitrary<Ticking> = fc.record({
  kind: fc.constant('box'),
  pull,
  box,
  by: fc.constantFrom<Person>('ada', 'ada', 'root', 'eve', 'zoe'),
  forged: mostly(false, 6),
  lost: mostly(false, 8),
  ...disturbance,
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: act, weight: 9 },
  { arbitrary: ticking, weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant('two'), acts: fc.tuple(act, act) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('again'), pull, back: fc.integer({ min: 1, max: 3 }) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('visit'), pull, fault: rarely(fault, 3) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('idle'), fault: rarely(fault, 3) }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant('time'),
      hours: fc.constantFrom(0, 2, 24, 7 * 24),
      skewDays: fc.constantFrom(0, 0, -400, 400),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('janitor'),
      lies: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat({ max: LIES }), { maxLength: 6 })),
      fault: rarely(fault, 3),
    }),
    weight: 2,
  },
);

export const histories = (length = 7): fc.Arbitrary<History> =>
  fc.record({
    settings: fc.record({
      label: mostly(false, 4),
      drafts: fc.constantFrom<Settings['drafts']>('asleep', 'up', 'off'),
      sleeps: fc.boolean(),
      forks: fc.boolean(),
      max: fc.integer({ min: 1, max: 3 }),
      claim: fc.boolean(),
    }),
    steps: fc.array(step, { minLength: 3, maxLength: length }),
  });
