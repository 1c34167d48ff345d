import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isExpired, isWarningDue, type PreviewLease, renewed, warned, warningMs } from '../../../../src/preview/model/lease.ts';
import { moment } from './arbitraries.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const lease = (more: Partial<PreviewLease> = {}): PreviewLease => ({
  expiresAt: 100 * DAY,
  warnedAt: undefined,
  expiresAfterMs: 7 * DAY,
  ...more,
});
const anyLease = fc.record<PreviewLease>({
  expiresAt: fc.option(moment, { nil: undefined }),
  warnedAt: fc.option(moment, { nil: undefined }),
  expiresAfterMs: fc.option(
    fc.integer({ min: 1, max: 60 * 24 * 3600 }).map((seconds) => seconds * 1000),
    { nil: undefined },
  ),
});

describe('how long a preview stays', () => {
  test('a use renews it, for as long as it says', () => {
    expect(renewed(lease(), 99 * DAY).expiresAt).toBe(106 * DAY);
    expect(renewed(lease({ warnedAt: 99 * DAY }), 99.5 * DAY).warnedAt).toBeUndefined();
  });

  test('a use never shortens it, and forgets no warning without giving time', () => {
    fc.assert(
      fc.property(anyLease, moment, (one, at) => {
        const after = renewed(one, at);
        if (one.expiresAt !== undefined) expect(after.expiresAt).toBeGreaterThanOrEqual(one.expiresAt);
        if (after.expiresAt === one.expiresAt) expect(after).toEqual(one);
        else expect(isExpired(after, [after.expiresAt ?? 0])).toBe(false);
      }),
    );
  });

  test('people are told once, a day before', () => {
    expect(isWarningDue(lease(), 99 * DAY - 1)).toBe(false);
    expect(isWarningDue(lease(), 99 * DAY)).toBe(true);
    expect(isWarningDue(warned(lease(), 99 * DAY), 99 * DAY + 1)).toBe(false);
    expect(warningMs({ expiresAfterMs: 8 * HOUR })).toBe(2 * HOUR);
  });

  test('it does not expire before people were told, and had their time', () => {
    fc.assert(
      fc.property(anyLease, moment, (one, now) => {
        if (!isExpired(one, [now])) return;
        expect(one.warnedAt).toBeDefined();
        expect(now - (one.warnedAt ?? now)).toBeGreaterThanOrEqual(warningMs(one));
        expect(now).toBeGreaterThanOrEqual(one.expiresAt ?? Number.POSITIVE_INFINITY);
      }),
    );
    expect(isExpired(lease(), [200 * DAY])).toBe(false);
    expect(isExpired(warned(lease(), 150 * DAY), [150.5 * DAY])).toBe(false);
    expect(isExpired(warned(lease(), 99 * DAY), [100 * DAY])).toBe(true);
  });

  test('one clock that is ahead ends nothing', () => {
    fc.assert(
      fc.property(anyLease, fc.array(moment, { maxLength: 4 }), (one, clocks) => {
        expect(isExpired(one, clocks)).toBe(clocks.length > 0 && isExpired(one, [Math.min(...clocks)]));
      }),
    );
  });

  test('one that does not say when it ends does not', () => {
    expect(isExpired(lease({ expiresAt: undefined, warnedAt: 0 }), [9e15])).toBe(false);
    expect(isWarningDue(lease({ expiresAt: undefined }), 9e15)).toBe(false);
  });
});
