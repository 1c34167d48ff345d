import { describe, expect, test } from '@jest/globals';
import { parseImage } from '../../../../src/actions/deploy/images.ts';
import { parseSecret } from '../../../../src/actions/deploy/secrets.ts';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('images', () => {
  test.each([
    [`todo-web=${digest}`, { repository: 'r.example.com/acme/todo-web', digest }],
    ['todo-web=v1', { repository: 'r.example.com/acme/todo-web', tag: 'v1' }],
    [`r.example.com:5000/acme/web@${digest}`, { repository: 'r.example.com:5000/acme/web', digest }],
    [`r.example.com:5000/acme/web:v1@${digest}`, { repository: 'r.example.com:5000/acme/web', digest }],
    ['r.example.com:5000/acme/web:v1', { repository: 'r.example.com:5000/acme/web', tag: 'v1' }],
    ['web:v1', { repository: 'web', tag: 'v1' }],
  ])('%s', (line, image) => expect(parseImage(line, 'r.example.com/acme')).toEqual(image));

  test.each(['web', 'web=sha256:12', 'Web=v1', 'web@sha256:12', `https://r/web@${digest}`, 'r.example.com/web', '-x=v1', 'web=v 1'])(
    '%s is refused',
    (line) => {
      expect(() => parseImage(line, '')).toThrow(ConfigurationError);
    },
  );
});

describe('secrets', () => {
  const read = (line: string) => {
    const masked: string[] = [];
    const secret = parseSecret(line, (value) => masked.push(value));
    return { secret, masked };
  };
  test('the value is masked and may hold "="', () =>
    expect(read('todo-database/password=a=b/c')).toEqual({
      secret: { name: 'todo-database', key: 'password', value: 'a=b/c' },
      masked: ['a=b/c'],
    }));

  test.each(['hidden-word', 'db=hidden-word', 'Db/password=hidden-word', 'db/pass word=hidden-word', 'db/a/b=hidden-word', 'db/password='])(
    '%s is refused, and its value is not shown',
    (line) => {
      expect(() => read(line)).toThrow(ConfigurationError);
      expect(() => read(line)).not.toThrow(/hidden-word/);
    },
  );
});
