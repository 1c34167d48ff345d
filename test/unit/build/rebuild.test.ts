import { expect, test } from '@jest/globals';
import type { PlatformScan, ScanFinding } from '../../../src/build/model.ts';
import { isMendable, whyAnew } from '../../../src/build/rebuild.ts';

const now = Date.parse('2026-02-08T00:00:00Z');

test.each<[string, Parameters<typeof whyAnew>, string | undefined]>([
  ['red decides after the scan', [['red'], { freshAt: '2025-01-01T00:00:00Z', baseMoved: true }, now], undefined],
  ['a first build', [['weekly', 'base'], undefined, now], undefined],
  ['within the week', [['weekly'], { freshAt: '2026-02-01T00:00:01Z', baseMoved: true }, now], undefined],
  ['after a week', [['weekly'], { freshAt: '2026-02-01T00:00:00Z', baseMoved: false }, now], 'its cache is older than a week'],
  ['nobody knows since when', [['weekly'], { baseMoved: false }, now], 'its cache is older than a week'],
  ['a base moved', [['base'], { baseMoved: true }, now], 'an image that it is built from has moved'],
])('%s', (_, [rules, last, at], why) => {
  expect(whyAnew(rules, last, at)).toBe(why);
});

test('a verdict can be mended where what blocks is a vulnerability with a fix', () => {
  const finding = (more: Partial<ScanFinding>): PlatformScan[] => [
    {
      image: 'web',
      platform: 'linux/amd64',
      digest: 'sha256:0',
      packages: 1,
      findings: [
        { image: 'web', platform: 'linux/amd64', kind: 'vulnerability', id: 'CVE-1', severity: 'HIGH', title: '', target: '', ...more },
      ],
    },
  ];
  const rules = { severities: ['HIGH'], ignoreUnfixed: false, scanners: ['vuln'] } as const;
  expect(isMendable(finding({ fixedVersion: '2' }), rules)).toBe(true);
  expect(isMendable(finding({}), rules)).toBe(false);
  expect(isMendable(finding({ severity: 'LOW', fixedVersion: '2' }), rules)).toBe(false);
  expect(isMendable(finding({ kind: 'secret' }), rules)).toBe(false);
});
