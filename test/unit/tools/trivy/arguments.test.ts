import { describe, expect, test } from '@jest/globals';
import { sbomArguments, scanArguments } from '../../../../src/tools/trivy/arguments.ts';

describe('trivy', () => {
  test('asks for every severity, and leaves the verdict to us', () => {
    const args = scanArguments(
      { layout: '/l', subject: 'web linux/amd64', scanners: ['vuln', 'secret'], ignoreFile: 'ignore', timeoutMs: 90_000 },
      '/o',
    );
    for (const argument of ['--input=/l', '--format=json', '--scanners=vuln,secret', '--exit-code=0', '--timeout=90s', '--skip-db-update'])
      expect(args).toContain(argument);
    expect(args).toContain('--severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL');
    expect(args.find((argument) => argument.startsWith('--ignorefile=/'))).toMatch(/\/ignore$/);
    expect(sbomArguments({ layout: '/l', format: 'spdx-json', timeoutMs: 1 }, '/o')).toContain('--format=spdx-json');
  });
});
