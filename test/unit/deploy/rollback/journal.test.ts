import { describe, expect, test } from '@jest/globals';
import { begin, emptyJournal, end, enter, rolledBackOnPurpose } from '../../../../src/deploy/state/journal.ts';
import type { InFlight, Journal } from '../../../../src/deploy/state/model.ts';
import { entry, line, migration } from './helpers.ts';

const served = (...versions: Parameters<typeof line>): Journal => ({ ...emptyJournal('todo'), active: 'blue', history: line(...versions) });
const failed = (journal: Journal, more: Partial<InFlight>): Journal => {
  const { version, color: _, at: __, ...rest } = entry('v3', 'green');
  const begun = begin(journal, {
    ...rest,
    holder: '',
    startedAt: '',
    version,
    color: 'green',
    previousColor: 'blue',
    keepOld: 'zero',
    ...more,
  });
  return end(enter(begun, 'take-back'), { version, at: '', reason: 'crash-loop', cause: '', runUrl: '' });
};

describe('the journal and what goes back', () => {
  test('a deploy that fails leaves its migrations with the version that serves on', () => {
    const journal = failed(served(['v2', { migrations: [migration('migrate', '2')] }], 'v1'), {
      migrations: [migration('migrate', '3', 'true')],
    });
    expect(journal.history.map((one) => one.migrations?.map(({ hash }) => hash))).toEqual([['2', '3'], undefined]);
    // Nobody knows how far it got: the next deploy of the same counts it as new.
    expect(journal.history[0]?.migrations?.map(({ attempted }) => attempted)).toEqual([undefined, true]);
    expect(failed(served('v2'), {}).history[0]).toEqual(entry('v2', 'blue'));
  });

  const left = { from: 'v3', fromHash: 'part of v3' };
  test.each<[string, Parameters<typeof line>, string, string | undefined]>([
    ['left on purpose', [['v2', { rollback: left }], 'v3', 'v2'], 'v3', 'v2'],
    ['left on purpose, and others since', ['v4', ['v2', { rollback: left }], 'v3', 'v2'], 'v3', 'v2'],
    ['another version', [['v2', { rollback: left }], 'v3', 'v2'], 'v4', undefined],
    ['never left', ['v3', 'v2'], 'v3', undefined],
    ['served again since', ['v4', 'v3', ['v2', { rollback: left }], 'v3', 'v2'], 'v3', undefined],
  ])('%s', (_, versions, version, expected) => {
    expect(rolledBackOnPurpose(line(...versions), { version, partHash: `part of ${version}` })?.version).toBe(expected);
  });

  test('the same version with other content was not left', () => {
    expect(rolledBackOnPurpose(line(['v2', { rollback: left }], 'v3', 'v2'), { version: 'v3', partHash: 'new values' })).toBeUndefined();
  });
});
