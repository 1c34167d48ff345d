import { describe, expect, test } from '@jest/globals';
import { summaryText } from '../../../src/cli/summary-text.ts';
import { capped, codeBlock, codeSpan, html, markdown, neutral, plain } from '../../../src/runtime/neutral.ts';
import { Secrets } from '../../../src/runtime/secrets.ts';
import { SummaryWriter } from '../../../src/runtime/summary.ts';
import { ABOUT_LINEAR, growth } from '../../support/growth.ts';

const SECRET = 'c4n"ry+<w&rd>/ü=%\'|x';
const masked = (...values: string[]): Secrets => {
  const secrets = new Secrets(() => undefined);
  for (const value of values) secrets.add(value);
  return secrets;
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a secret is replaced', () => {
  const forms: [string, string][] = [
    ['as it is', SECRET],
    ['in base64', base64(SECRET)],
    ['in base64 without padding', base64(SECRET).replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['as the password of a user', base64(`todo:${SECRET}`)],
    ['inside other base64, at any place', base64(`a${SECRET}z`)],
    ['inside other base64, at another', base64(`ab${SECRET}zz`)],
    ['inside other base64, at a third', base64(`abc${SECRET}`)],
    ['in base64 with the line end of echo', base64(`${SECRET}\n`)],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL, in small letters', encodeURIComponent(SECRET).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET))],
    ['in JSON as Go writes it', JSON.stringify(SECRET).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)],
    ['in Markdown', markdown(SECRET)],
    ['in HTML', html(SECRET)],
    ['in a code span', codeSpan(SECRET)],
    ['between colours', [...SECRET].join('\u001B[0m')],
    ['with control characters in it', [...SECRET].join('\u0000')],
    ['in quotes of a shell', `'${SECRET.replaceAll("'", `'\\''`)}'`],
  ];
  test.each(forms)('%s', (_name, text) => {
    const { clean } = masked(SECRET);
    expect(clean(`x ${text} y`)).not.toMatch(/c4n|rdPi|w&rd|w%26rd|Yzg|NG4i|RuIn|0bi/);
    expect(clean(`x ${text} y`)).toContain('***');
  });

  test('of several lines: the whole and each line, whatever encodes it', () => {
    const key = '-----BEGIN KEY-----\nfirst-line-of-it\nsecond-line-of-it\n-----END KEY-----\n';
    const { clean } = masked(key);
    for (const text of [key, JSON.stringify(key), base64(key), base64(`x${key}`), encodeURIComponent(key), key.replaceAll('\n', '\r\n')]) {
      expect(clean(text)).not.toMatch(/first-line|second-line|Zmlyc3Q|aXJzdC|cnN0LW/);
    }
    expect(clean(base64(key.repeat(1)).replace(/.{64}/g, '$&\n'))).not.toMatch(/Zmlyc3|aXJzdC|cnN0LW/);
  });

  test('where text was cut in the middle of it', () => {
    const long = 'x1y2z3'.repeat(100);
    expect(masked(long).clean(`a ${long.slice(0, 200)}`)).toBe('a ***');
    expect(masked('long-enough-word').clean(`${'a '.repeat(2000)}long-enough`)).toMatch(/ \*\*\*$/);
  });

  test('where two overlap, both', () => {
    expect(masked('abcdef', 'defghi').clean('x abcdefghi y')).toBe('x *** y');
    expect(masked('pass', 'password').clean('password pass')).toBe('*** ***');
  });

  test('and the user of any URL', () => {
    const { clean } = masked();
    expect(clean('postgres://todo:hidden@db/todo and https://:hidden@x.y')).toBe('postgres://***@db/todo and https://***@x.y');
    expect(clean('http://a:80/x@y {"u":"http://b:80","m":"x@y"} docker-image://r:5000/a@sha256:0')).toBe(
      'http://a:80/x@y {"u":"http://b:80","m":"x@y"} docker-image://r:5000/a@sha256:0',
    );
  });

  test('in a summary before it is escaped', () => {
    const { clean } = masked('1.x_y*z');
    const summary = new SummaryWriter(undefined, clean);
    summary
      .heading(1, '1.x_y*z')
      .text('a 1.x_y*z')
      .list(['1.x_y*z'])
      .table(['1.x_y*z'], [['b 1.x_y*z']])
      .code('1.\u001B[0mx_y*z');
    expect(summary.markdown()).not.toMatch(/x_y|x\\_y/);
  });
});

describe('what is no secret', () => {
  test('is not masked where it is short or ordinary', () => {
    const told: string[] = [];
    const secrets = new Secrets((value) => told.push(value));
    for (const value of ['1', 'abc', 'true', 'False', 'null', ' on ', '}\n]\nlong-line']) secrets.add(value);
    expect(told).toEqual(['long-line']);
    expect(secrets.redact('1 abc true {"pushed": false} null on')).toBe('1 abc true {"pushed": false} null on');
  });
});

describe('cleaning takes no longer than the text is long', () => {
  const { clean } = masked(SECRET, 'aaaaaaaa', `${'ab'.repeat(5000)}c`, 'key: value\n'.repeat(200));
  const workers: [string, (text: string) => unknown][] = [
    ['redaction', clean],
    ['the log', (text) => neutral(clean(text))],
    ['Markdown', markdown],
    ['code', (text) => codeSpan(text) + codeBlock(text)],
    ['plain text', plain],
    ['a summary on the terminal', (text) => summaryText(text, STYLE)],
  ];
  const units = [
    '\n',
    ' ',
    'a',
    'ab',
    'c4n"ry+',
    '\u001B[',
    '\u001B]',
    '[',
    '(',
    '`',
    '``` ',
    '|',
    '\\',
    'key: value\n',
    '://a:',
    '* ',
    '\r',
    'YWFh',
  ];
  test.each(workers)('%s', (_name, work) => {
    for (const unit of units) {
      const grew = growth((size) => work(`x${unit.repeat(size / unit.length)}x`));
      expect([unit, grew < ABOUT_LINEAR || grew]).toEqual([unit, true]);
    }
  });

  test('and there is a limit before it', () => {
    expect(capped('x'.repeat(3_000_000)).length).toBeLessThan(1_100_000);
    expect(capped('short')).toBe('short');
  });
});

const same = (text: string): string => text;
const STYLE = { bold: same, dim: same, red: same, yellow: same, blue: same, green: same } as never;
