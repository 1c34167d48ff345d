import { expect, test } from '@jest/globals';
import { withoutObjects } from '../../../../src/tools/kubernetes/refused-values.ts';

test.each([
  ['spec.replicas: Invalid value: -1: must be at least 0', 'spec.replicas: Invalid value: -1: must be at least 0'],
  ['kind: Unsupported value: "x": supported values: "y"', 'kind: Unsupported value: "x": supported values: "y"'],
  ['a: Invalid value: {"Env":[{"Value":"can}ary\\"}: "}]}: field is immutable', 'a: Invalid value: (hidden): field is immutable'],
  ['a: Invalid value: core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"canary"}}: no', 'a: Invalid value: (hidden): no'],
  ['a: Invalid value: map[string]string{"a":"canary"}: no', 'a: Invalid value: (hidden): no'],
  ['a: Duplicate value: {"name":"canary"}', 'a: Duplicate value: (hidden)'],
  [
    '[a: Invalid value: {"x":"canary"}: no, b: Invalid value: [{"y":"canary"}]: neither]',
    '[a: Invalid value: (hidden): no, b: Invalid value: (hidden): neither]',
  ],
  ['a: Invalid value: {"x":"canary', 'a: Invalid value: (hidden)'],
])('%s', (text, cleaned) => expect(withoutObjects(text)).toBe(cleaned));

test('a megabyte of it ends within the time of a test', () => {
  const text = 'Invalid value: {"a":"'.repeat(50_000);
  expect(withoutObjects(text).length).toBeLessThan(text.length);
});
