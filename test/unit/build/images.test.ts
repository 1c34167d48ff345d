import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { checkPlatform, type ImageDefaults, parseImages } from '../../../src/build/images.ts';
import { scalarOptions } from '../../../src/interfaces/yaml-scalars.ts';

/** As the input is read. */
const parse = (text: string): unknown => (text === '' ? undefined : parseYaml(text, scalarOptions('text')));
const none: ImageDefaults = { platforms: [], buildArgs: {} };
const plain = { buildArgs: {}, platforms: [], contexts: {}, labels: {}, annotations: {}, outputs: [] };

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
          ...plain,
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
    ['todo: {context: ., platfroms: a}', 'Input "images": image "todo" has the unknown key "platfroms"; did you mean "platforms"?'],
    ['todo: {context: ., build_args: {A: 1}}', 'Input "images": image "todo" has the unknown key "build_args"; did you mean "build-args"?'],
    ['todo: {context: ., tags: latest}', 'Input "images": image "todo" has the unknown key "tags"'],
    ['todo: {context: ., build-args: {A: [1, 2]}}', 'Input "images": image "todo", build-args: "A" is a list, not text'],
    ['todo: {context: ., build-args: {A: {b: c}}}', 'Input "images": image "todo", build-args: "A" is a map, not text'],
    ['todo: {context: ., build-args: {"A B": c}}', 'Input "images": image "todo", build-args: "A B" is not a name'],
    ['todo: {context: ., build-args: {A: "\\0"}}', 'Input "images": image "todo", build-args: the value of "A" holds a NUL character'],
    ['todo: {context: ., platforms: {a: b}}', 'Input "images": image "todo": "platforms" is neither text nor a list'],
    ['todo: {context: ., pull: always}', 'Input "images": image "todo": "pull" is "always": not a boolean (allowed: true, false)'],
    [
      'todo: {context: ., previous: main, contexts: {previous: ./a}}',
      'Input "images": image "todo" has both "previous" and a context of that name',
    ],
    ['todo: {context: ., contexts: {a: "ftp://x"}}', /^Input "images": image "todo", contexts: "a" is "ftp:\/\/x": not a build context/],
    ['todo: {context: ., outputs: "type=registry"}', 'Input "images": image "todo": output "type=registry" would push past the scan'],
    [
      'todo: {context: ., outputs: "type=image,push=true"}',
      'Input "images": image "todo": output "type=image,push=true" would push past the scan',
    ],
    ['todo: {context: ., outputs: "type=local"}', 'Input "images": image "todo": output "type=local" has no dest'],
    [
      'todo: {context: ., outputs: "type=zip,dest=a"}',
      'Input "images": image "todo": output "type=zip,dest=a" has the type "zip" (allowed: local, tar, oci, docker)',
    ],
    ['todo: {context: ., labels: {"a b": c}}', 'Input "images": image "todo", labels: "a b" is not a name'],
    [
      'todo: {context: ., annotations: {"manifest-descriptor:a": c}}',
      /^Input "images": image "todo", annotations: "manifest-descriptor:a" is for a level/,
    ],
    ['todo: --output=x', 'Input "images": image "todo": "context" starts with "-" and would be read as a flag'],
    ['todo: {context: ., target: [a]}', 'Input "images": image "todo": "target" is not text'],
    ['todo: https://github.com/a/b.git', 'Input "images": image "todo": its context is a URL'],
    ['todo: {context: ., platforms: amd64}', 'image "todo": "amd64" is not a platform'],
    ['todo: {context: ., previous: "a:b"}', 'Input "images": image "todo": "a:b" is not a tag'],
    ['todo: {context: ., build-args: [A]}', 'Input "images": image "todo", build-args: "A" has no "="'],
    ['- {name: a, context: .}\n- {name: a, context: b}', 'Input "images": there are two images named "a"'],
  ])('%s is refused', (text, message) => {
    const said = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(() => parseImages(parse(text), none)).toThrow(expect.objectContaining({ name: 'ConfigurationError', message: said }));
  });

  test.each([
    ['dockerfile', 'it is called "file" here'],
    ['args', 'it is called "build-args" here'],
    ['tags', 'set for all images by the input "tags"'],
    ['push', 'set the input "push"'],
    ['load', 'outputs: type=docker'],
    ['cache-from', 'set the input "cache"'],
    ['build-contexts', 'it is called "contexts" here'],
    ['additional_contexts', 'it is called "contexts" here'],
    ['secrets', 'set the input "secrets"'],
    ['shm-size', 'cannot be set for a build'],
  ])("docker's key %s is answered with ours", (key, hint) => {
    const images = { app: { context: '.', [key]: 'x' } };
    expect(() => parseImages(images, none)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  });
});

describe('values of build arguments are what was written', () => {
  const argsOf = (text: string): Record<string, string> | undefined => parseImages(parse(text), none)[0]?.buildArgs;

  test.each(['3.10', '007', 'yes', 'true', 'True', '1e3', '0x10', '2026-11-28', '~', 'null', 'off', '1_000', '.5', '12:30'])(
    '%s',
    (value) => {
      expect(argsOf(`app: {context: ., build-args: {A: ${value}}}`)).toEqual({ A: value });
      expect(argsOf(`app: {context: ., build-args: [A=${value}]}`)).toEqual({ A: value });
      expect(argsOf(`app: {context: ., build-args: "A=${value}"}`)).toEqual({ A: value });
    },
  );

  test('several lines, quotes, nothing, lines in a text', () => {
    expect(argsOf('app:\n  context: .\n  build-args:\n    LONG: |\n      one\n      two\n    Q: "\\"in quotes\\""\n    E:')).toEqual({
      LONG: 'one\ntwo\n',
      Q: '"in quotes"',
      E: '',
    });
    expect(argsOf('app:\n  context: .\n  build-args: |\n    A=1 # no remark\n    # a remark\n    B="2"')).toEqual({
      A: '1 # no remark',
      B: '"2"',
    });
  });

  test("an image's name, its tag and its stage too", () => {
    const [image] = parseImages(parse('1.10: {context: 007, target: 1.0, previous: 1.20}'), none);
    expect(image).toMatchObject({ name: '1.10', context: '007', target: '1.0', previous: '1.20' });
  });
});

test.each(['linux/amd64', 'linux/arm/v7', 'linux/arm64/v8', 'windows/amd64'])('%s is a platform', (platform) => {
  expect(checkPlatform(platform, 'x')).toBe(platform);
});
