import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkPlatform, parseImages, parsePairs } from '../../../src/build/images.ts';

const none = { platforms: [], buildArgs: {} };
const plain = { buildArgs: {}, platforms: [] };

describe('the input images', () => {
  test.each([
    [
      'todo-frontend: ./frontend\ntodo-backend: ./backend',
      [
        { ...plain, name: 'todo-frontend', context: './frontend' },
        { ...plain, name: 'todo-backend', context: './backend' },
      ],
    ],
    ['shop/api: .', [{ ...plain, name: 'shop/api', context: '.' }]],
    [
      'api: {context: ., file: docker/Dockerfile, target: production, build-args: {PORT: 8000}, platforms: "linux/amd64, linux/arm64", previous: main}',
      [
        {
          name: 'api',
          context: '.',
          file: 'docker/Dockerfile',
          target: 'production',
          buildArgs: { PORT: '8000' },
          platforms: ['linux/amd64', 'linux/arm64'],
          previous: 'main',
        },
      ],
    ],
    [
      '- {name: api, context: .}\n- web: ./web',
      [
        { ...plain, name: 'api', context: '.' },
        { ...plain, name: 'web', context: './web' },
      ],
    ],
  ])('%s', (text, expected) => {
    expect(parseImages(parse(text), none)).toEqual(expected);
  });

  test("an image's own platforms and arguments go before those of all", () => {
    const images = parseImages(parse('a: .\nb: {context: ., platforms: [linux/arm64], build-args: ["A=2"]}'), {
      platforms: ['linux/amd64'],
      buildArgs: { A: '1', B: 'x=y' },
    });
    expect(images.map(({ platforms, buildArgs }) => [platforms, buildArgs])).toEqual([
      [['linux/amd64'], { A: '1', B: 'x=y' }],
      [['linux/arm64'], { A: '2', B: 'x=y' }],
    ]);
  });

  test.each([
    ['', 'Input "images": it is empty'],
    ['frontend', 'Input "images": "frontend" is not an image'],
    ['[frontend]', 'Input "images": "frontend" is not an image'],
    ['- {context: ., file: a}', 'Input "images": an image in the list has no "name"'],
    ['Todo: .', 'Input "images": "Todo" is not an image name'],
    ['todo:latest: .', 'Input "images": "todo:latest" is not an image name'],
    ['../todo: .', 'Input "images": "../todo" is not an image name'],
    ['todo:', 'Input "images": image "todo" has no context'],
    ['todo: {file: a}', 'Input "images": image "todo" has no context'],
    ['todo: {context: ., dockerfile: a}', 'Input "images": image "todo" has the unknown key "dockerfile"'],
    ['todo: --output=x', 'Input "images": image "todo": "context" starts with "-" and would be read as a flag'],
    ['todo: {context: ., target: [a]}', 'Input "images": image "todo": "target" is not text'],
    ['todo: https://github.com/a/b.git', 'Input "images": image "todo": its context is a URL'],
    ['todo: {context: ., platforms: amd64}', 'image "todo": "amd64" is not a platform'],
    ['todo: {context: ., previous: "a:b"}', 'Input "images": image "todo": "a:b" is not a tag'],
    ['todo: {context: ., build-args: [A]}', 'Input "images": image "todo", build-args: a line has no "="'],
    ['- {name: a, context: .}\n- {name: a, context: b}', 'Input "images": there are two images named "a"'],
  ])('%s is refused', (text, message) => {
    expect(() => parseImages(parse(text), none)).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
  });
});

describe('pairs', () => {
  test('the value is everything behind the first =', () => {
    expect(parsePairs(['A=b=c', 'D='], 'x')).toEqual({ A: 'b=c', D: '' });
  });

  test('a line without = does not show its text, which may be a secret', () => {
    expect(() => parsePairs(['hunter2'], 'Input "secrets"')).toThrow('Input "secrets": a line has no "="');
  });
});

test.each(['linux/amd64', 'linux/arm/v7', 'linux/arm64/v8', 'windows/amd64'])('%s is a platform', (platform) => {
  expect(checkPlatform(platform, 'x')).toBe(platform);
});
