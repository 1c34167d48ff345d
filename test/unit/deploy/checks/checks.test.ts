import { describe, expect, test } from '@jest/globals';
import { podPort } from '../../../../src/deploy/checks/checks.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

describe('ports of a check', () => {
  const pod = { spec: { containers: [{ ports: [{ name: 'http', containerPort: 8000 }] }] } } as Pod;
  const ports = [
    { name: 'web', port: 80, targetPort: 'http' },
    { name: 'admin', port: 9000 },
  ];
  test.each<[number | string | undefined, number | undefined]>([
    [undefined, 8000],
    ['web', 8000],
    [80, 8000],
    ['admin', 9000],
    [9000, 9000],
    [7000, 7000],
    ['none', undefined],
  ])('%s → %s', (wanted, expected) => expect(podPort(ports, wanted, pod)).toBe(expected));
});
