import { describe, expect, test } from '@jest/globals';
import { samplesOf } from '../../../../src/preview/visits/metrics.ts';

const TEXT = [
  '# HELP requests_total How many.',
  '# TYPE requests_total counter',
  'requests_total{service="a-web-80@kubernetes",code="200"} 12',
  'requests_total{ service="b", path="a \\"b\\" \\\\ c, }\\n" } 1.5e+03 1395066363000',
  'requests_total_bytes{service="a-web-80@kubernetes"} 900',
  'requests_total 7\r',
  'requests_total{service="c"} NaN',
  'requests_total{service="d"} +Inf',
  'requests_total{service="e"',
  '  requests_total{service="f"} 1',
].join('\n');

describe('Prometheus’ text format', () => {
  test('the samples of one metric, with their labels; what is no number is left out', () =>
    expect(samplesOf(TEXT, 'requests_total')).toEqual([
      { labels: { service: 'a-web-80@kubernetes', code: '200' }, value: 12 },
      { labels: { service: 'b', path: 'a "b" \\ c, }\n' }, value: 1500 },
      { labels: {}, value: 7 },
    ]));

  test.each(['', '<html>requests_total 5</html>', '{"requests_total": 5}'])('%p has none', (text) =>
    expect(samplesOf(text, 'requests_total')).toEqual([]),
  );
});
