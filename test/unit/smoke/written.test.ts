import { describe, expect, test } from '@jest/globals';
import { Inputs } from '../../../src/runtime/inputs.ts';
import { parseSmoke } from '../../../src/smoke/index.ts';
import { matchesJson } from '../../../src/smoke/match.ts';

/** As the input is read. */
const check = (text: string) => parseSmoke(new Inputs({ INPUT_SMOKE: text }).yaml('smoke'))[0];

describe('what a check expects is what was written', () => {
  test.each(['1.10', '007', '1e3', '0x10', 'yes', 'True', '2026-11-28', '~'])('%s', (value) => {
    const text = `- {url: "http://a", contains: ${value}, headers: {X-Version: ${value}}, request-headers: {X-Ask: ${value}}, name: ${value}}`;
    expect(check(text)).toMatchObject({
      contains: value,
      headers: { 'x-version': value },
      requestHeaders: { 'x-ask': value },
      name: value,
    });
  });

  test.each<[string, unknown, boolean]>([
    ['1.10', '1.10', true],
    ['1.10', 1.1, true],
    ['1.10', '1.1', false],
    ['1e3', 1000, true],
    ['007', 7, true],
    ['007', '7', false],
    ['5', 5, true],
    ['5', '5', false],
    ['"5"', 5, false],
    ['True', true, true],
    ['true', true, true],
    ['"true"', true, false],
    ['~', null, true],
    ['null', null, true],
    ['~', 0, false],
    ['""', 0, false],
    ['yes', 'yes', true],
    ['yes', true, false],
  ])('json: %s, and the app answers %j: %s', (expected, seen, matches) => {
    const json = check(`- {url: "http://a", json: {version: ${expected}}}`)?.json.version;
    expect(matchesJson(json, seen)).toBe(matches);
  });

  test.each(['true', 'True', 'TRUE'])('node-port: %s', (value) => {
    expect(check(`- {service: web, node-port: ${value}}`)?.service?.nodePort).toBe(true);
  });
});
