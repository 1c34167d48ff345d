import { describe, expect, test } from '@jest/globals';
import { checkCount, parseImage } from '../../../../src/actions/deploy/images.ts';
import { readDeployInputs } from '../../../../src/actions/deploy/inputs.ts';
import { readSecrets } from '../../../../src/actions/deploy/secrets.ts';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';
import { createContext } from '../../../../src/runtime/action.ts';
import { Inputs } from '../../../../src/runtime/inputs.ts';
import { Secrets } from '../../../../src/runtime/secrets.ts';

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

describe('an output that GitHub dropped on its way', () => {
  const image = parseImage(`web=${digest}`, 'r.example.com/acme');
  test.each([
    ['2', [image], 'names 1 image, but 2 were built'],
    ['1', [], 'names 0 images, but 1 were built'],
    ['dropped by GitHub', [image], 'how many were built is "dropped by GitHub"'],
  ])('count %s', (count, images, message) => expect(() => checkCount(count, images)).toThrow(message));

  test('what has arrived, or is not counted, passes', () => {
    expect(() => checkCount('1', [image])).not.toThrow();
    expect(() => checkCount('', [])).not.toThrow();
  });
});

describe('secrets', () => {
  const read = (text: string) => {
    const masked: string[] = [];
    const secrets = readSecrets(new Inputs({ INPUT_SECRETS: text }, new Secrets((value) => masked.push(value))));
    return { secrets, masked };
  };
  test('the value is masked and may hold "="', () =>
    expect(read('todo-database/password=a=b/c')).toEqual({
      secrets: [{ name: 'todo-database', key: 'password', value: 'a=b/c' }],
      masked: ['todo-database/password=a=b/c', 'a=b/c'],
    }));

  test('a value of several lines stands in quotes with its name, and is kept byte for byte', () =>
    expect(read('"tls/key=-----BEGIN KEY-----\nabcd\n  ""e""\n"\ndb/user=todo').secrets).toEqual([
      { name: 'tls', key: 'key', value: '-----BEGIN KEY-----\nabcd\n  "e"\n' },
      { name: 'db', key: 'user', value: 'todo' },
    ]));

  test.each([
    'hidden-word',
    'db=hidden-word',
    'Db/password=hidden-word',
    'db/pass word=hidden-word',
    'db/a/b=hidden-word',
    'db/password=',
    'postgres://todo:hidden-word@db/todo?sslmode=require',
    'db/hidden-word==',
    'db/password=x\nhidden-word==',
    '"db/password=hidden-word',
    'db/a=hidden-word\ndb/a=other',
  ])('%s is refused, and nothing of it is shown', (text) => {
    expect(() => read(text)).toThrow(ConfigurationError);
    expect(() => read(text)).toThrow(/^Input "secrets", line \d/);
    expect(() => read(text)).not.toThrow(/hidden-word/);
  });
});

describe('a chart reads the cluster while it renders', () => {
  const lookups = (event: string, dryRun: string): boolean =>
    readDeployInputs(
      createContext('deploy', new AbortController().signal, {
        GITHUB_WORKSPACE: process.cwd(),
        GITHUB_EVENT_NAME: event,
        INPUT_CHART: 'test/charts/small',
        INPUT_RELEASE: 'small',
        'INPUT_DRY-RUN': dryRun,
      }),
    ).lookups;

  test.each([
    ['push', 'true', true],
    ['push', 'false', true],
    ['pull_request_target', 'true', false],
    ['workflow_run', 'true', false],
    ['issue_comment', 'true', false],
    // Told to run it: then it may do anything anyway.
    ['pull_request_target', 'false', true],
  ])('on %s with dry-run %s: %j', (event, dryRun, expected) => expect(lookups(event, dryRun)).toBe(expected));
});

describe('provenance', () => {
  const read = (inputs: Record<string, string>, env: Record<string, string> = {}) =>
    readDeployInputs(
      createContext('deploy', new AbortController().signal, {
        GITHUB_WORKSPACE: process.cwd(),
        INPUT_CHART: 'test/charts/small',
        INPUT_RELEASE: 'small',
        INPUT_IMAGES: `r.example.com/web@${digest}`,
        ...inputs,
        ...env,
      }),
    );

  test('is not demanded unless asked for', () => {
    expect(read({})).toMatchObject({ provenance: undefined, trustedRoot: undefined });
  });

  test('is of the run’s repository, where only the workflow is named', () => {
    const { provenance } = read({ INPUT_VERIFY: 'acme/ci/.github/workflows/x.yml' }, { GITHUB_REPOSITORY: 'acme/todo' });
    expect(provenance?.sources).toEqual([{ path: 'acme/todo', ref: undefined }]);
  });

  test('of another GitHub needs to be told who signs there', () => {
    const server = { GITHUB_SERVER_URL: 'https://git.example.com' };
    expect(() => read({ INPUT_VERIFY: 'acme/todo' }, server)).toThrow('Input "trusted-root" is empty');
    const { trustedRoot } = read({ INPUT_VERIFY: 'acme/todo', 'INPUT_TRUSTED-ROOT': 'package.json' }, server);
    expect(trustedRoot).toBe(`${process.cwd()}/package.json`);
  });

  test('of an image that may be another one a moment later is refused, except in a plan', () => {
    const tagged = { INPUT_VERIFY: 'acme/todo', INPUT_IMAGES: 'r.example.com/web:v1' };
    expect(() => read(tagged)).toThrow('"verify" needs a digest');
    expect(read({ ...tagged, 'INPUT_DRY-RUN': 'true' }).provenance).toBeDefined();
  });
});
