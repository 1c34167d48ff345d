import { expect, test } from '@jest/globals';
import type { Component } from './app/version.ts';
import type { Content, Deploy, Event, Options } from './play/history.ts';
import { play } from './play/play.ts';

/** Histories that went wrong once, as short as they could be made. */
const component = (more: Partial<Component> = {}): Component => ({
  role: 'stable',
  renamed: false,
  port: 80,
  replicas: 1,
  autoscaled: false,
  ...more,
});
const CONTENT: Content = {
  quality: 'good',
  web: component(),
  api: component({ role: 'absent' }),
  cron: false,
  job: 'none',
  claim: 0,
  settings: 0,
  hook: false,
  test: false,
};
const OPTIONS: Options = { keepOld: 'zero', bakeMs: 0, drainMs: 0 };
const deploy = (content: Partial<Content>, options: Partial<Options> = {}, fault?: Deploy['fault']): Deploy => ({
  kind: 'deploy',
  content: { ...CONTENT, ...content },
  options: { ...OPTIONS, ...options },
  fault,
  meanwhile: undefined,
});
const killedAt = (write: number): Deploy['fault'] => ({ kind: 'killed before', write, times: 1 });
const on81 = { web: component({ port: 81 }), api: component({ port: 81 }) };
const both = { api: component() };

const shared = { api: component({ role: 'shared' }) };
const lostAt = (write: number): Deploy['fault'] => ({ kind: 'failing', write, times: 1 });

const FOUND: [string, Event[]][] = [
  [
    'journal and Service of a first version were deleted: the next one is no first deploy',
    [deploy({}), { kind: 'hand', hand: 'delete service' }, { kind: 'hand', hand: 'delete journal' }, deploy(both)],
  ],
  ...Array.from({ length: 20 }, (_, index): [string, Event[]] => [
    `the base was uninstalled, the next version has other ports, and its run is killed at write ${index + 8}`,
    [deploy(on81), { kind: 'hand', hand: 'uninstall base' }, deploy(both, {}, killedAt(index + 8)), deploy(both)],
  ]),
  ...(
    [
      ['lost', 28],
      ['killed after', 28],
      ['killed after', 29],
      ['killed after', 30],
      ['killed after', 31],
    ] as const
  ).map(([kind, write]): [string, Event[]] => [
    `the base is uninstalled in the middle of its contraction (${kind}, write ${write}): what its last record lacks goes as well`,
    [deploy(shared), deploy(both, {}, { kind, write, times: 1 }), { kind: 'hand', hand: 'uninstall base' }],
  ]),
  [
    'the base is uninstalled under a run that is killed, and the next one, too: what scaled a workload of it goes as well',
    [
      deploy({ web: component({ autoscaled: true }), api: component({ role: 'shared', port: 81, autoscaled: true }) }),
      {
        ...deploy({ web: component({ autoscaled: true }), api: component({ port: 81 }), hook: true }, {}, killedAt(13)),
        meanwhile: { hand: 'uninstall base', write: 5 },
      },
      deploy({ ...on81, api: component({ autoscaled: true }) }, {}, killedAt(12)),
    ],
  ],
  ...[13, 14, 15].map((write): [string, Event[]] => [
    `the change of a color is cut off at write ${write}, and the color removed: what its last record lacks goes with it`,
    [
      {
        kind: 'two',
        runs: [
          {
            ...deploy({ ...both, web: component({ renamed: true, port: 81 }), test: true }, {}, killedAt(write)),
            meanwhile: { hand: 'switch all', write: 1 },
          },
          {
            ...deploy({ api: component({ port: 81, autoscaled: true }), quality: 'sick' }),
            meanwhile: { hand: 'switch all', write: 12 },
          },
        ],
      },
      deploy({ web: component({ autoscaled: true }), api: component({ port: 81 }) }, { keepOld: 'remove' }),
    ],
  ]),
  [
    'a run is killed while the Services of the last version go, and the journal is deleted: the new version serves',
    [
      deploy({ web: component({ renamed: true }), api: component({ renamed: true, autoscaled: true }), cron: true }),
      deploy({ api: component({ role: 'worker', autoscaled: true }), job: 'image' }, {}, killedAt(30)),
      { kind: 'hand', hand: 'delete journal' },
    ],
  ],
  ...[19, 20].map((write): [string, Event[]] => [
    `a run is killed at write ${write}, its journal is deleted: what it left in its color gets no users of a Service that goes`,
    [
      deploy({ ...shared }),
      deploy({ web: component({ renamed: true, autoscaled: true }), api: component() }, {}, killedAt(write)),
      { kind: 'hand', hand: 'delete journal' },
      deploy({ web: component({ renamed: true }) }),
    ],
  ]),
  ...[19, 20].map((write): [string, Event[]] => [
    `a color is uninstalled after a killed run, and the next run is killed at write ${write}: nothing is left of the first`,
    [
      deploy(
        { web: component({ autoscaled: true }), api: component({ role: 'worker', port: 81, autoscaled: true }) },
        {},
        { kind: 'failing', write: 15, times: 2 },
      ),
      deploy({ web: component({ renamed: true, port: 81 }), test: true }, {}, killedAt(13)),
      { kind: 'hand', hand: 'uninstall active' },
      deploy({ web: component({ renamed: true }), api: component({ port: 81 }) }, {}, killedAt(write)),
    ],
  ]),
  [
    'a version failed, its journal is deleted, and a person leads users to it: the journal does not take it for one that passed',
    [
      deploy({ web: component({ port: 81 }) }),
      deploy({ ...on81, quality: 'late' }),
      { kind: 'hand', hand: 'delete journal' },
      { kind: 'hand', hand: 'switch one' },
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
    ],
  ],
  ...[13, 14].map((write): [string, Event[]] => [
    `a first deploy is killed at write ${write}, its journal is deleted, and a person leads one of its Services: nobody is served yet`,
    [deploy(both, {}, killedAt(write)), { kind: 'hand', hand: 'delete journal' }, { kind: 'hand', hand: 'switch one' }],
  ]),
  [
    'journal and Service are deleted, and the color that was left is up again: the base says which version served',
    [
      deploy({ ...both, web: component({ port: 81 }) }),
      deploy({ web: component({ renamed: true }), api: component({ role: 'worker', renamed: true }) }),
      { kind: 'hand', hand: 'scale idle up' },
      { kind: 'hand', hand: 'delete journal' },
      { kind: 'hand', hand: 'delete service' },
    ],
  ],
  ...[13, 14, 15].map((write): [string, Event[]] => [
    `a color is uninstalled under the run that brings it up, after write ${write}: the next version of that color finds nothing of it`,
    [
      { ...deploy(both, {}, { kind: 'lost', write: write + 1, times: 1 }), meanwhile: { hand: 'uninstall active', write } },
      deploy({ web: component({ renamed: true }) }),
    ],
  ]),
  [
    'what a warm color has, the version after it has not, and the next one shares: users find it as soon as it serves',
    [deploy(both), deploy({}, { keepOld: 'warm' }), deploy({ api: component({ role: 'shared' }) })],
  ],
  [
    'a Service went with a version that could not contract its base: a rollback to the one that has it, which is warm, makes it again',
    [
      deploy(both),
      deploy({ ...both, web: component({ renamed: true }) }, { keepOld: 'warm' }, { kind: 'failing', write: 30, times: 6 }),
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
    ],
  ],
  ...Array.from({ length: 8 }, (_, index): [string, Event[]] => [
    `the base is uninstalled under the hands of a run that is killed at write ${index + 26}: a rollback takes no other base for its own`,
    [
      deploy({ web: component({ renamed: true }) }),
      deploy({ api: component({ port: 81 }) }),
      {
        ...deploy({ ...both, web: component({ autoscaled: true }) }, {}, killedAt(index + 26)),
        meanwhile: { write: 22, hand: 'uninstall base' },
      },
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
    ],
  ]),
  [
    'a version came back on the base of another one, whose claim cannot shrink: its base is known all the same',
    [
      deploy({ claim: 1 }),
      deploy({ claim: 2 }),
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
    ],
  ],
  ...Array.from({ length: 5 }, (_, index): [string, Event[]] => [
    `a run was killed at write ${index + 6}, when it had taken a finished Job away to make it anew: the same base again brings it back`,
    [deploy({ job: 'same' }), deploy({ job: 'image' }, {}, killedAt(index + 6)), deploy({ job: 'same' })],
  ]),
  [
    'a run was killed when it had enlarged the claim; the base of before comes again, with a claim that cannot shrink',
    [deploy({ claim: 1 }), deploy({ claim: 2, hook: true }, {}, killedAt(9)), deploy({ claim: 1 })],
  ],
  ...Array.from({ length: 8 }, (_, index): [string, Event[]] => [
    `a color was uninstalled after its run was killed at write ${index + 10}: no autoscaler of an older version of it is left`,
    [
      deploy({ api: component({ autoscaled: true }) }),
      deploy(both),
      deploy(both, {}, killedAt(index + 10)),
      { kind: 'hand', hand: 'uninstall idle' },
      deploy(both),
    ],
  ]),
  ...Array.from({ length: 10 }, (_, index): [string, Event[]] => [
    `write ${index + 24} of a version without a claim fails, its contraction perhaps: the version before keeps its claim through rollbacks`,
    [
      deploy({ claim: 1 }),
      deploy({}, {}, { kind: 'failing', write: index + 24, times: 2 }),
      ...Array.from(
        { length: 3 },
        (): Event => ({ kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined }),
      ),
    ],
  ]),
  [
    'a person put users back on a warm color, on the base of the version after it: a later rollback to it finds its own base',
    [
      deploy({ ...both, claim: 1 }),
      deploy({}, { keepOld: 'warm' }),
      { kind: 'hand', hand: 'switch all' },
      deploy({ ...both, api: component({ renamed: true }) }),
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
    ],
  ],
  [
    'a person woke a color whose workers bear the labels of pods that both share: the Service of these stays with them',
    [
      deploy({ api: component({ role: 'worker' }) }),
      deploy({ api: component({ role: 'shared' }) }),
      { kind: 'hand', hand: 'switch one' },
      { kind: 'hand', hand: 'scale idle up' },
      deploy({}, {}, killedAt(1)),
      deploy(both),
    ],
  ],
  ...Array.from({ length: 20 }, (_, index): [string, Event[]] => [
    `the base was uninstalled, the next version has other ports, is killed at write ${index + 26}, and the one after lacks a Service`,
    [
      deploy(on81),
      { kind: 'hand', hand: 'uninstall base' },
      deploy({ ...both, web: component({ autoscaled: true }) }, {}, killedAt(index + 26)),
      deploy({ web: component({ renamed: true }), api: component({ port: 81 }) }),
    ],
  ]),
  ...Array.from({ length: 28 }, (_, index): [string, Event[]] => [
    `a version failed with a Job of its own, and write ${index + 12} of it, too; the next one has none`,
    [
      deploy({ ...shared, job: 'same', claim: 1, hook: true }),
      deploy({ ...shared, quality: 'sick', cron: true, job: 'image' }, {}, lostAt(index + 12)),
      deploy({ ...both, claim: 2 }),
    ],
  ]),
  ...Array.from({ length: 12 }, (_, index): [string, Event[]] => [
    `a version failed with a Job of its own, and write ${index + 20} of it, too; the next one has the Job as it was`,
    [deploy({ job: 'same' }), deploy({ quality: 'sick', job: 'image' }, {}, lostAt(index + 20)), deploy({ job: 'same' })],
  ]),
  ...Array.from({ length: 6 }, (_, index): [string, Event[]] => [
    `a person uninstalled the base under a run, after write ${index + 1} of it: a Service that no base knows does not lead to later versions`,
    [
      deploy({ api: component({ role: 'shared', renamed: true }) }),
      {
        ...deploy({ web: component({ renamed: true }), api: component({ role: 'shared', renamed: true }), hook: true }),
        meanwhile: { hand: 'uninstall base', write: index + 1 },
      },
      deploy(on81),
      deploy(both),
    ],
  ]),
  ...[deploy({ ...shared, settings: 1 }), deploy({ ...on81 }), deploy({})].map((next, index): [string, Event[]] => [
    `a run is killed when it has led one of two Services, which was shared, and its journal is deleted: it is shared again (${index + 1})`,
    [
      deploy(shared),
      deploy({ api: component({ replicas: 2 }) }, {}, { kind: 'killed after', write: 23, times: 1 }),
      { kind: 'hand', hand: 'delete journal' },
      next,
    ],
  ]),
  ...[2, 3, 4].map((write): [string, Event[]] => [
    `a run is cancelled at write ${write}, when it has taken a Job away; the base that came back without it is gone back to: the Job comes`,
    [
      deploy({ job: 'same' }),
      deploy({ job: 'image' }, {}, { kind: 'cancelled', write, times: 1 }),
      deploy({ quality: 'sick' }),
      deploy({ settings: 1 }),
      { kind: 'rollback', to: 'previous', options: OPTIONS, fault: undefined, meanwhile: undefined },
      deploy({ job: 'same' }),
    ],
  ]),
  ...Array.from({ length: 8 }, (_, index): [string, Event[]] => [
    `a first deploy meets another selector of a person's, and the base is uninstalled under the next one, after write ${index + 8} of it`,
    [
      { ...deploy({ ...on81, test: true }), meanwhile: { hand: 'selector foreign', write: 24 } },
      {
        ...deploy({ web: component({ port: 81 }), api: component({ renamed: true }) }),
        meanwhile: { hand: 'uninstall base', write: index + 8 },
      },
      deploy({ ...both, web: component({ renamed: true }) }),
    ],
  ]),
  ...Array.from({ length: 6 }, (_, index): [string, Event[]] => [
    `a person leads the Services of a first deploy to and fro, after write ${index + 18} of it: the next one leads them`,
    [{ ...deploy(both), meanwhile: { hand: 'switch all', write: index + 18 } }, { kind: 'hand', hand: 'switch one' }, deploy(both)],
  ]),
  ...Array.from({ length: 14 }, (_, index): [string, Event[]] => [
    `a version fails in its bake; its run is killed at write ${index + 16}, as it leads users back, and its journal deleted`,
    [
      deploy(both),
      {
        ...deploy({ ...both, quality: 'late', claim: 2, hook: true }, {}, { kind: 'killed after', write: index + 16, times: 1 }),
        meanwhile: { hand: 'delete journal', write: index + 16 },
      },
    ],
  ]),
  [
    'what serves is scaled to nothing, its journal deleted, its Service led elsewhere: the next one is the first, and one schedule runs',
    [
      deploy({ web: component({ renamed: true }), api: component({ port: 81, autoscaled: true }), hook: true }),
      deploy({ cron: true }, {}, killedAt(30)),
      { kind: 'hand', hand: 'scale active to zero' },
      { kind: 'hand', hand: 'delete journal' },
      { kind: 'hand', hand: 'selector foreign' },
    ],
  ],
];

test.each(FOUND)('%s', async (_, events) => expect((await play({ seed: 1, events }, { frozen: true })).wrong).toEqual([]), 60_000);
