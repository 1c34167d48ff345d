import { describe, expect, test } from '@jest/globals';
import { candidatesOf, type LiveColor } from '../../../../src/deploy/rollback/candidates.ts';
import { entry, line, migration, nothing, recorded } from './helpers.ts';

const part = (version: string, replicas = 2, ready = replicas) => ({ partHash: `part of ${version}`, replicas, ready });
const live = (...deployments: LiveColor['deployments'][number][]): LiveColor => ({ ...recorded, deployments });
const remains = (green: LiveColor, blue: LiveColor = recorded) => {
  const history = line('v3', 'v2', 'v1');
  return candidatesOf({ history, serving: history[0], colors: { blue, green } }).map((one) => `${one.entry.version} ${one.remains}`);
};

describe('versions that can be rolled back to', () => {
  test.each<[string, LiveColor, string[]]>([
    ['its pods run', live(part('v2'), part('v2')), ['v2 warm', 'v1 recorded']],
    ['at zero', live(part('v2', 0)), ['v2 zero', 'v1 recorded']],
    ['not all of its pods are ready', live(part('v2'), part('v2', 2, 1)), ['v2 zero', 'v1 recorded']],
    ['one Deployment is of another version (a failed deploy)', live(part('v2'), part('v4')), ['v2 recorded', 'v1 recorded']],
    ['its pods run, the record is gone', { ...nothing, deployments: [part('v2')] }, ['v2 gone', 'v1 recorded']],
    ['the color was removed', nothing, ['v2 gone', 'v1 recorded']],
    [
      'the release was made anew since: another version has its revision',
      { ...nothing, revisions: new Map([[1, '2026-03-01T00:00:00Z']]) },
      ['v2 gone', 'v1 recorded'],
    ],
  ])('%s', (_, green, expected) => expect(remains(green)).toEqual(expected));

  test('a record that was made anew from a backup counts; one that was made since then does not', () => {
    const restoredAt = Date.parse('2026-04-01T00:00:00Z');
    const of = (madeAt: string) => {
      const green = { ...nothing, revisions: new Map([[1, madeAt]]) };
      const history = line('v2', 'v1');
      return candidatesOf({ history, serving: history[0], colors: { blue: recorded, green }, restoredAt })[0]?.remains;
    };
    expect([of('2026-04-01T00:00:30Z'), of('2026-04-01T00:02:00Z')]).toEqual(['recorded', 'gone']);
  });

  test('a version of which somebody has deleted a workload, or its color Service, comes up from the record', () => {
    const history = line('v2', ['v1', { replicas: { web: 2, api: 2 } }]);
    const of = (workloads: string[], services = ['web-green']) => {
      const green = { ...live(part('v1')), workloads: new Set(workloads), services: new Set(services) };
      return candidatesOf({ history, serving: history[0], colors: { blue: recorded, green } })[0]?.remains;
    };
    expect([of(['web', 'api']), of(['api']), of(['web', 'api'], [])]).toEqual(['warm', 'recorded', 'recorded']);
  });

  test('a version of the color that serves is never warm, whatever runs there', () => {
    expect(remains(recorded, live(part('v1')))).toEqual(['v2 recorded', 'v1 recorded']);
  });

  test('each version once, by its newest entry', () => {
    const history = line('v2', 'v3', 'v2', 'v1', 'v3');
    const found = candidatesOf({ history, serving: history[0], colors: { blue: recorded, green: recorded } });
    expect(found.map(({ back, entry: one }) => [back, one.version, one.color])).toEqual([
      [1, 'v3', 'green'],
      [2, 'v1', 'green'],
    ]);
  });

  test('migrations since, and whether they can be undone', () => {
    const at = (version: string, ...migrations: ReturnType<typeof migration>[]) => entry(version, 'blue', { migrations });
    const since = (...history: ReturnType<typeof entry>[]) =>
      candidatesOf({ history, serving: history[0], colors: { blue: recorded, green: recorded } }).map((one) => [
        one.entry.version,
        one.migrations.map(({ hash }) => hash),
        one.irreversible.map(({ irreversible }) => irreversible),
      ]);
    expect(
      since(at('v3', migration('migrate', '3')), at('v2', migration('migrate', '2', 'true')), at('v1', migration('migrate', '1'))),
    ).toEqual([
      ['v2', ['3'], []],
      ['v1', ['3', '2'], ['true']],
    ]);
    // A name that stays in the chart holds back only those that have not seen it.
    const named = ['4', '3', '2', '1'].map((hash) => at(`v${hash}`, migration('migrate', hash, Number(hash) > 1 ? '0042' : undefined)));
    expect(since(...named)).toEqual([
      ['v3', ['4'], []],
      ['v2', ['4', '3'], []],
      ['v1', ['4', '3', '2'], ['0042', '0042', '0042']],
    ]);
    // The same Job again migrates nothing.
    expect(since(at('v2', migration('migrate', '1', 'true')), at('v1', migration('migrate', '1', 'true')))).toEqual([['v1', [], []]]);
    // A rollback migrates nothing; what it went back to has worked with the schema since.
    expect(since(at('v2'), at('v1'), at('v2', migration('migrate', '2', 'true')), at('v1'), at('v0'))).toEqual([
      ['v1', [], []],
      ['v0', ['2'], ['true']],
    ]);
  });
});
