import { describe, expect, test } from '@jest/globals';
import { causeOf } from '../../../../src/deploy/diagnosis/causes/cause.ts';
import { causeInLog } from '../../../../src/deploy/diagnosis/log-cause.ts';
import type { Reason } from '../../../../src/interfaces/reasons.ts';

const failing = (reason: Reason) => ({ workload: 'Deployment/web-green', container: 'web', pod: 'web-1', cause: causeOf(reason, 'x', 0) });

describe('what the last log line of a crash says', () => {
  test.each<[string, Reason]>([
    ['exec /app/server: exec format error\n', 'image-architecture'],
    ['standard_init_linux.go:228: exec user process caused: exec format error', 'image-architecture'],
    ['listening\nexec /app/server: exec format error', 'image-architecture'],
    // The app's own words about a program that it started itself.
    ['OSError: [Errno 8] Exec format error: ./helper', 'crash-loop'],
    ['exec /bin/helper: exec format error\ngiving up', 'crash-loop'],
    ['fatal: no database', 'crash-loop'],
    ['', 'crash-loop'],
  ])('%j: %s', (log, reason) => expect((causeInLog(failing('crash-loop'), log) ?? failing('crash-loop').cause).reason).toBe(reason));

  test('the message names the container and what was said; the hint is the cause\u2019s own', () => {
    expect(causeInLog(failing('init-failed'), 'exec /wait: exec format error')).toMatchObject({
      message: 'Init container "web" of Deployment/web-green cannot start: exec /wait: exec format error',
      hint: expect.stringContaining('input "platforms"'),
    });
  });
});
