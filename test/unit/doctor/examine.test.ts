import { describe, expect, test } from '@jest/globals';
import { examine } from '../../../src/doctor/examine.ts';
import type { Finding, Patient, Probe } from '../../../src/doctor/patient/model.ts';
import { cluster } from '../../../src/doctor/probes/cluster.ts';
import { countText, findingLines } from '../../../src/doctor/text.ts';
import type { Clock } from '../../../src/interfaces/clock.ts';
import { ConfigurationError, HttpError } from '../../../src/interfaces/errors.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

const probe = (title: string, run: () => Promise<Finding[]>, asksCluster = true): Probe => ({ title, asksCluster, run });
const ok = async (): Promise<Finding[]> => [{ level: 'ok', message: 'fine' }];
/** A cluster that answers, or does not: no probe of these tests asks it anything else. */
const patient = (version: () => Promise<string>) =>
  ({ server: 'https://cluster', kubernetes: { serverVersion: version } }) as unknown as Patient;
const up = patient(async () => 'v1.36.0');
const ask = (probes: Probe[], from = up, clock: Clock = systemClock) => examine(from, clock, new AbortController().signal, probes);

describe('the doctor', () => {
  test('one probe that fails hides nothing of the others, and all are told in their order', async () => {
    const found = await ask([
      probe('first', async () => {
        throw new ConfigurationError('it cannot work', { hint: 'change it' });
      }),
      probe('second', async () => {
        throw new TypeError('a mistake of ours');
      }),
      probe('third', async () => {
        throw new HttpError('list nodes: forbidden', { status: 403 });
      }),
      probe('fourth', ok),
    ]);
    expect(found.map(({ check, level }) => [check, level])).toEqual([
      ['first', 'fail'],
      ['second', 'unknown'],
      ['third', 'unknown'],
      ['fourth', 'ok'],
    ]);
    expect(found[0]).toMatchObject({ message: 'it cannot work', mend: 'change it' });
    expect(found[2]?.mend).toBe('run the doctor as somebody who may');
  });

  test('each has a limit of its own', async () => {
    // Time that is over at once.
    const clock: Clock = { now: () => 0, elapsed: () => 0, sleep: async () => undefined };
    const found = await ask([probe('stuck', () => new Promise(() => undefined)), probe('quick', ok)], up, clock);
    expect(found.map(({ level, message }) => [level, message])).toEqual([
      ['unknown', 'no answer within 60 s'],
      ['ok', 'fine'],
    ]);
  });

  test('without the cluster its questions are not asked, and the others are', async () => {
    const down = patient(async () => {
      throw new HttpError('connection refused', { status: 0 });
    });
    const never = async (): Promise<Finding[]> => {
      throw new Error('asked');
    };
    const found = await ask([probe('registry', ok, false), cluster, probe('rights', never)], down);
    expect(found.map(({ check, level }) => [check, level])).toEqual([
      ['registry', 'ok'],
      ['cluster', 'fail'],
      ['rights', 'unknown'],
    ]);
    expect(found[1]?.message).toBe('https://cluster cannot be reached: connection refused');
  });

  test.each([
    ['v1.36.3', 'ok'],
    ['v1.34.0-eks-1', 'ok'],
    ['v1.29.1', 'warn'],
  ])('Kubernetes %s', async (version, level) => {
    expect(
      await ask(
        [cluster],
        patient(async () => version),
      ),
    ).toMatchObject([{ level }]);
  });
});

describe('its text', () => {
  const findings = [
    { check: 'cluster', level: 'ok' as const, message: 'there', mend: 'not shown' },
    { check: 'DNS', level: 'warn' as const, message: 'one\ntwo', mend: 'do this' },
    { check: 'rights', level: 'fail' as const, message: 'none', mend: "kubectl apply --filename - <<'EOF'\na: 1\nEOF" },
  ];
  test('a line each, and below it what mends it; what is to be copied stands at the margin', () => {
    expect(findingLines(findings)).toEqual([
      'ok    cluster  there',
      'warn  DNS      one',
      '               two',
      '               → do this',
      'FAIL  rights   none',
      '               →',
      "kubectl apply --filename - <<'EOF'",
      'a: 1',
      'EOF',
      '',
    ]);
  });
  test('counts', () => expect(countText(findings)).toBe('1 ok, 1 warning, 1 failed'));
});
