import { describe, expect, test } from '@jest/globals';
import { blockingFindings, checkSubject, countBySeverity, describeFinding, readReport } from '../../../src/build/gate.ts';
import type { GateRules } from '../../../src/build/model.ts';

const subject = { image: 'todo-backend', platform: 'linux/arm64', digest: `sha256:${'a'.repeat(64)}` };
const report = {
  SchemaVersion: 2,
  ArtifactType: 'container_image',
  Results: [
    {
      Target: 'layout (debian 13.1)',
      Class: 'os-pkgs',
      Type: 'debian',
      Packages: [{ Name: 'openssl' }, { Name: 'zlib' }],
      Vulnerabilities: [
        { VulnerabilityID: 'CVE-2026-0002', PkgName: 'zlib', InstalledVersion: '1.3', Severity: 'HIGH', Title: 'no fix' },
        {
          VulnerabilityID: 'CVE-2026-0001',
          PkgName: 'openssl',
          InstalledVersion: '3.5.0-1',
          FixedVersion: '3.5.1-1',
          Severity: 'CRITICAL',
          Title: 'Overflow',
          PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2026-0001',
          CVSS: { nvd: { V3Score: 9.8 }, redhat: { V3Score: 7.1 } },
        },
      ],
    },
    {
      Target: 'Python',
      Class: 'lang-pkgs',
      Type: 'python-pkg',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-0003',
          PkgName: 'left',
          InstalledVersion: '1',
          FixedVersion: '2',
          Severity: 'odd',
          PkgPath: 'app/left/METADATA',
        },
      ],
    },
    {
      Target: '/app/.env',
      Class: 'secret',
      Secrets: [
        {
          RuleID: 'aws-access-key-id',
          Category: 'AWS',
          Severity: 'CRITICAL',
          Title: 'AWS Access Key ID',
          StartLine: 3,
          Match: 'KEY=AKIA1234',
        },
      ],
    },
  ],
};
const rules = (change: Partial<GateRules> = {}): GateRules => ({
  severities: ['CRITICAL', 'HIGH'],
  ignoreUnfixed: false,
  scanners: ['vuln', 'secret'],
  ...change,
});
const scan = readReport(report, subject);

describe('the gate', () => {
  test('findings come worst first, with place and fix', () => {
    expect(scan.findings.map(describeFinding)).toEqual([
      'CVE-2026-0001 (CRITICAL) in todo-backend (linux/arm64): openssl 3.5.0-1, fixed in 3.5.1-1',
      'secret aws-access-key-id (CRITICAL) in todo-backend (linux/arm64): /app/.env:3',
      'CVE-2026-0002 (HIGH) in todo-backend (linux/arm64): zlib 1.3, no fix yet',
      'CVE-2026-0003 (UNKNOWN) in todo-backend (linux/arm64): left 1, fixed in 2',
    ]);
    expect(scan.packages).toBe(2);
  });

  test.each([
    [rules(), ['CVE-2026-0001', 'aws-access-key-id', 'CVE-2026-0002']],
    [rules({ ignoreUnfixed: true }), ['CVE-2026-0001', 'aws-access-key-id']],
    [rules({ severities: ['HIGH'] }), ['CVE-2026-0002']],
    [rules({ severities: ['UNKNOWN'] }), ['CVE-2026-0003']],
    [rules({ severities: ['LOW'] }), []],
  ])('%j', (set, ids) => {
    expect(
      blockingFindings([scan], set)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
  });

  test('a secret itself is nowhere', () => {
    expect(JSON.stringify(scan)).not.toContain('AKIA1234');
  });

  test.each([
    [undefined, 'it is no report of schema version 2'],
    ['x', 'it is no report of schema version 2'],
    [{}, 'it is no report of schema version 2'],
    [{ SchemaVersion: 1 }, 'it is no report of schema version 2'],
    [{ SchemaVersion: 2, Results: {} }, '"Results" is no list of objects'],
    [{ SchemaVersion: 2, Results: ['x'] }, '"Results" is no list of objects'],
    [{ SchemaVersion: 2, Results: [{ Vulnerabilities: { 0: {} } }] }, '"Vulnerabilities" is no list of objects'],
    [{ SchemaVersion: 2, Results: [{ Secrets: [null] }] }, '"Secrets" is no list of objects'],
  ])('%j is no report and does not pass', (other, why) => {
    expect(() => readReport(other, subject)).toThrow(`produced no Trivy report that can be read: ${why}`);
  });

  test('a report on another image does not pass', () => {
    const config = `sha256:${'c'.repeat(64)}`;
    const on = (ImageID?: string) => ({ SchemaVersion: 2, Metadata: { ImageID } });
    expect(() => checkSubject(on(config), subject, config)).not.toThrow();
    for (const other of [on(subject.digest), on(), {}])
      expect(() => checkSubject(other, subject, config)).toThrow(`and ${config} was built`);
  });

  test('an empty report passes, and says that nothing was recognised', () => {
    expect(readReport({ SchemaVersion: 2 }, subject)).toEqual({ ...subject, packages: 0, findings: [] });
  });

  test('counts', () => {
    expect([countBySeverity(scan.findings), countBySeverity([])]).toEqual(['2 CRITICAL, 1 HIGH, 1 UNKNOWN', 'none']);
  });
});

test('what others wrote is one line of a limited length, whatever stands in it', () => {
  const evil = '\u001b[2Kfine\r\n::set-output name=status::deployed\u202e';
  const Vulnerabilities = [{ VulnerabilityID: evil, PkgName: evil, InstalledVersion: 'x'.repeat(50_000), Severity: 'HIGH', Title: evil }];
  const [finding] = readReport({ SchemaVersion: 2, Results: [{ Target: evil, Vulnerabilities }] }, subject).findings;
  const shown = finding === undefined ? '' : `${describeFinding(finding)}${finding.title}${finding.target}`;
  expect(shown).toContain('fine ::set-output');
  expect(shown).toMatch(/^\P{C}+$/u);
  expect(finding?.installedVersion).toHaveLength(1000);
});
