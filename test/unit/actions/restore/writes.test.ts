import { describe, expect, test } from '@jest/globals';
import { flagsOf } from '../../../../src/actions/restore/job.ts';
import { writesText } from '../../../../src/actions/restore/run.ts';
import { readHoldWrites } from '../../../../src/actions/shared/backup/hold-writes.ts';
import { createContext } from '../../../../src/runtime/action.ts';

const inputsOf = (value: string) => createContext('restore', new AbortController().signal, { 'INPUT_HOLD-WRITES': value }).inputs;
const seen = { snapshotAt: '2026-03-01T03:00:00.000Z', database: 'todo_restored_7' };

describe('what the app writes between a restore and its cut-over', () => {
  test('is said, and how it would have been held', () => {
    expect(writesText({ holdWrites: false }, seen)).toBe(
      'What was written after 2026-03-01T03:00:00.000Z is not in todo_restored_7, and the app goes on writing to the database that it has: after a cut-over that is in the one that is kept (`hold-writes: true` would have made it read-only; else stop the app)',
    );
    expect(writesText({ holdWrites: true }, seen)).toContain('(nothing could be held)');
    expect(writesText({ holdWrites: true }, { ...seen, held: 'todo' })).toBe(
      'What was written after 2026-03-01T03:00:00.000Z is not in todo_restored_7. todo is read-only from now on: mode cut-over or undo ends that',
    );
  });

  test('is held only where it is asked for, and where it could mean something', () => {
    expect([
      readHoldWrites(inputsOf(''), 'drill'),
      readHoldWrites(inputsOf('false'), 'undo'),
      readHoldWrites(inputsOf('true'), 'into'),
    ]).toEqual([false, false, true]);
    expect(() => readHoldWrites(inputsOf('true'), 'cut-over')).toThrow(
      'Input "hold-writes" is for mode "into", and the mode is "cut-over"',
    );
    const told = { mode: 'into', from: 'latest', target: undefined, confirm: undefined, identity: '' } as const;
    expect(flagsOf({ ...told, holdWrites: true }).args).toContain('--hold-writes=true');
    expect(flagsOf(told).args.join(' ')).not.toContain('hold-writes');
  });
});
