import { describe, expect, test } from '@jest/globals';
import { PARSERS } from '../hostile/parsers.ts';
import { callParsers, cleanLogs, wrongWith } from '../hostile/property.ts';
import { CANARY } from '../hostile/texts.ts';

/** `npm run proof` makes 500,000 calls and cleans 100,000 logs. */
describe('hostile text', () => {
  test('is read, or refused by an error of our own that shows nothing of a secret', () => {
    callParsers(200, 12);
  });

  test('of a log neither shows a secret nor commands the runner', () => {
    cleanLogs(500, 12);
  });

  test('a parser that throws something else, or quotes a secret, is noticed', () => {
    expect(wrongWith({ name: 'JSON', read: (text) => JSON.parse(text) }, CANARY)).toContain('an error without type');
    const [parser] = PARSERS.filter(({ name }) => name === 'tags');
    expect(parser && wrongWith({ ...parser, secret: true }, `type=${CANARY}`)).toContain('quotes the text');
  });
});
