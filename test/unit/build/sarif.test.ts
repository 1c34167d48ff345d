import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { GateRules, ScanFinding } from '../../../src/build/model.ts';
import { dockerfileOf, toSarif } from '../../../src/build/sarif.ts';

const finding = (more: Partial<ScanFinding> = {}): ScanFinding => ({
  image: 'api',
  platform: 'linux/amd64',
  kind: 'vulnerability',
  id: 'CVE-2026-0001',
  severity: 'HIGH',
  title: 'Overflow',
  target: 'debian 13.1',
  package: 'openssl',
  installedVersion: '3.5.0',
  ...more,
});
const rules = (more: Partial<GateRules> = {}): GateRules => ({
  severities: ['CRITICAL', 'HIGH'],
  ignoreUnfixed: false,
  scanners: ['vuln'],
  ...more,
});

interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
  partialFingerprints: Record<string, string>;
}
interface Rule {
  id: string;
  helpUri?: string;
  shortDescription: { text: string };
  properties: Record<string, unknown>;
}
interface Run {
  results: Result[];
  tool: { driver: { rules: Rule[] } };
  properties: { leftOut: number };
}

/** What is said of the objects that we write: each with nothing else in it, texts that are texts, addresses that are addresses. */
const text = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 1024 } },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', format: 'uri' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'results'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          properties: { type: 'object' },
          tool: {
            type: 'object',
            additionalProperties: false,
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                additionalProperties: false,
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  informationUri: { type: 'string', format: 'uri' },
                  rules: {
                    type: 'array',
                    maxItems: 25_000,
                    items: {
                      type: 'object',
                      additionalProperties: false,
                      required: ['id'],
                      properties: {
                        id: { type: 'string', maxLength: 255 },
                        shortDescription: text,
                        helpUri: { type: 'string', format: 'uri' },
                        defaultConfiguration: { type: 'object', additionalProperties: false, properties: { level } },
                        properties: {
                          type: 'object',
                          required: ['tags'],
                          properties: {
                            tags: { type: 'array', maxItems: 20, uniqueItems: true, items: { type: 'string' } },
                            precision: { enum: ['very-high', 'high', 'medium', 'low'] },
                            'security-severity': { type: 'string', pattern: '^(?:10\\.0|\\d\\.\\d)$' },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            maxItems: 25_000,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['message', 'ruleId', 'ruleIndex', 'locations', 'partialFingerprints'],
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level,
                message: text,
                partialFingerprints: { type: 'object', additionalProperties: { type: 'string' }, required: ['primaryLocationLineHash'] },
                properties: { type: 'object' },
                locations: {
                  type: 'array',
                  minItems: 1,
                  maxItems: 10,
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        additionalProperties: false,
                        required: ['artifactLocation'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            additionalProperties: false,
                            required: ['uri'],
                            properties: { uri: { type: 'string', format: 'uri-reference', pattern: '^(?!/|\\.\\./)[^:\\s]+$' } },
                          },
                          region: {
                            type: 'object',
                            additionalProperties: false,
                            properties: { startLine: { type: 'integer', minimum: 1 } },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};
const ajv = new Ajv({ allErrors: false, strict: false });
(formats as unknown as (to: Ajv) => void)(ajv);
const validate = ajv.compile(SCHEMA);

/** Valid, whatever else is asked of it. */
function run(findings: readonly ScanFinding[], set = rules(), pathOf = (image: string): string => `${image}/Dockerfile`): Run {
  const log = JSON.parse(toSarif(findings, pathOf, set, '0.74.0'));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log.runs[0];
}

describe('SARIF', () => {
  test('holds what was asked for: severities, and fixes where they count', () => {
    const all = [
      finding({ id: 'CVE-1', severity: 'CRITICAL', fixedVersion: '2' }),
      finding({ id: 'CVE-2' }),
      finding({ id: 'CVE-3', severity: 'MEDIUM', fixedVersion: '2' }),
      finding({ id: 'CVE-4', severity: 'UNKNOWN' }),
    ];
    const ids = (set: GateRules): string[] => run(all, set).results.map(({ ruleId }) => ruleId);
    expect(ids(rules())).toEqual(['CVE-1', 'CVE-2']);
    expect(ids(rules({ ignoreUnfixed: true }))).toEqual(['CVE-1']);
    expect(ids(rules({ severities: ['MEDIUM', 'UNKNOWN'] }))).toEqual(['CVE-3', 'CVE-4']);
    expect(run(all, rules({ severities: ['LOW'] })).tool.driver.rules).toEqual([]);
  });

  test('a result leads to its rule, which has its worst severity', () => {
    const { results, tool } = run([finding({ image: 'web' }), finding({ severity: 'CRITICAL', score: 9.8 }), finding({ id: 'CVE-2' })]);
    for (const result of results) expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(tool.driver.rules.map(({ id, properties }) => [id, properties['security-severity']])).toEqual([
      ['CVE-2026-0001', '9.8'],
      ['CVE-2', '8.0'],
    ]);
  });

  test('a licence has its package and a level, and is no weakness', () => {
    const license = finding({ kind: 'license', id: 'GPL-3.0', package: 'readline', target: 'OS Packages', title: 'restricted' });
    const { results, tool } = run([license]);
    expect(results[0]).toMatchObject({
      level: 'error',
      message: { text: expect.stringContaining('GPL-3.0 (HIGH) in api (linux/amd64): readline') },
    });
    expect(tool.driver.rules[0]?.properties).toEqual({ tags: ['license', 'HIGH'], precision: 'very-high' });
  });

  test.each([
    ['docker/my app.Dockerfile', 'docker/my%20app.Dockerfile'],
    ['a:b/Dockerfile', 'a%3Ab/Dockerfile'],
    ['straße/100%/Dockerfile#1', 'stra%C3%9Fe/100%25/Dockerfile%231'],
  ])('the path %s is a relative reference', (path, uri) => {
    const { results } = run([finding()], rules(), () => path);
    expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  test("what GitHub does not take is not in it: a licence's whole text as its name, a long title, a page that is no address", () => {
    const long = 'x'.repeat(5000);
    const { tool, results } = run([
      finding({ kind: 'license', id: `${long}1`, title: long, package: 'a' }),
      finding({ kind: 'license', id: `${long}2`, title: '', package: long }),
      finding({ id: 'CVE-2', url: 'https://example.com/a b"c' }),
      finding({ id: 'CVE-3', url: 'https://' }),
    ]);
    expect(new Set(tool.driver.rules.map(({ id }) => id)).size).toBe(4);
    expect(results).toHaveLength(4);
    expect(tool.driver.rules.flatMap(({ helpUri }) => helpUri ?? [])).toEqual(['https://example.com/a%20b%22c']);
  });

  test('of more than 25,000 the worst are in it, and it fits into 10 MB', () => {
    const many = Array.from({ length: 30_000 }, (_, index) =>
      finding({ id: `CVE-${index}`, severity: index % 3 === 0 ? 'CRITICAL' : 'HIGH', target: `app/${index}` }),
    );
    const { results, properties } = run(many);
    expect([results.length, properties.leftOut]).toEqual([25_000, 5000]);
    expect(results.filter(({ level: of, message }) => of === 'error' && message.text.includes('CRITICAL'))).toHaveLength(10_000);
    expect(gzipSync(toSarif(many, () => 'Dockerfile', rules(), '1')).length).toBeLessThan(10_000_000);
  });

  test('fingerprints differ between findings and stay between runs', () => {
    const findings = [
      finding(),
      finding({ package: 'zlib' }),
      finding({ platform: 'linux/arm64' }),
      finding({ image: 'web' }),
      finding({ kind: 'secret', line: 3 }),
    ];
    const prints = (version: string): (string | undefined)[] =>
      JSON.parse(toSarif(findings, () => 'Dockerfile', rules(), version)).runs[0].results.map(
        ({ partialFingerprints }: Result) => partialFingerprints.primaryLocationLineHash,
      );
    expect(new Set(prints('0.74.0')).size).toBe(5);
    expect(prints('0.75.0')).toEqual(prints('0.74.0'));
  });
});

test.each([
  [{ context: './backend' }, 'backend/Dockerfile'],
  [{ context: '.' }, 'Dockerfile'],
  [{ context: '.', file: './docker//a.Dockerfile' }, 'docker/a.Dockerfile'],
])('the Dockerfile of %j is %s', (image, path) => {
  expect(dockerfileOf(image)).toBe(path);
});
