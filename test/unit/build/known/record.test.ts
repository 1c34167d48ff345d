import { describe, expect, test } from '@jest/globals';
import { decodeLayers, encodeLayers } from '../../../../src/build/known/layers.ts';
import { type BuildRecord, decodeRecord, encodeRecord } from '../../../../src/build/known/record.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const record: BuildRecord = {
  key: digest,
  sources: [{ image: 'docker.io/library/python:3.13-slim', digest }],
  scanner: '0.74.0',
  scanners: ['vuln', 'secret'],
  ignored: '',
  database: { updatedAt: '2026-01-01T00:00:00.000Z', digest },
  freshAt: '2026-01-01T00:00:00.000Z',
  scans: [
    {
      image: 'web',
      platform: 'linux/amd64',
      digest,
      packages: 2,
      findings: [
        {
          image: 'web',
          platform: 'linux/amd64',
          kind: 'vulnerability',
          id: 'CVE-1',
          severity: 'HIGH',
          title: 'bad',
          target: 'Python',
          url: 'https://example.com/CVE-1',
          score: 9.8,
        },
      ],
    },
  ],
  sboms: { 'linux/amd64': '{"bomFormat":"CycloneDX"}' },
};

describe('a record', () => {
  test('is read as it was written', () => {
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
  });

  test.each<[string, (value: Record<string, unknown>) => void]>([
    ['no key', (value) => delete value.key],
    ['a scanner that is no text', (value) => (value.scanner = 74)],
    ['a source without a digest', (value) => (value.sources = [{ image: 'python' }])],
    ['a scanner that does not exist', (value) => (value.scanners = ['all'])],
    ['scans that are no list', (value) => (value.scans = {})],
    ['a scan without findings', (value) => (value.scans = [{ image: 'web', platform: 'x', digest, packages: 0 }])],
    ['a severity that does not exist', (value) => (value.scans = JSON.parse(JSON.stringify(value.scans).replace('"HIGH"', '"NONE"')))],
    ['a link that is none', (value) => (value.scans = JSON.parse(JSON.stringify(value.scans).replace('https://', 'javascript:')))],
    ['a database without a date', (value) => (value.database = {})],
    ['packages that cannot be unpacked', (value) => (value.sboms = { 'linux/amd64': 'AAAA' })],
  ])('with %s is none', (_, change) => {
    const value = JSON.parse(encodeRecord(record).toString());
    change(value);
    expect(decodeRecord(Buffer.from(JSON.stringify(value)))).toBeUndefined();
  });

  test('that is no JSON is none', () => {
    expect(decodeRecord(Buffer.from('{'))).toBeUndefined();
  });
});

describe('what is known of layers', () => {
  const layers = { 'linux/amd64': Buffer.from('bolt') };

  test('is read by the version of the scanner that wrote it', () => {
    const content = encodeLayers('0.74.0', layers);
    expect(decodeLayers(content, '0.74.0')).toEqual(layers);
    expect(decodeLayers(content, '0.75.0')).toBeUndefined();
    expect(decodeLayers(Buffer.from('[]'), '0.74.0')).toBeUndefined();
  });
});
