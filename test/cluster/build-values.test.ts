import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { CraneRegistry } from '../support/registry.ts';

let cluster: ClusterEnvironment;
let registry: CraneRegistry;
let workspace: string;
let prefix: string;

const NAMES = 'HASH EQ SPACE QUOTED COMMA UNI DOLLAR EMPTY PY NUM DATE FLAG EXP NIL LONG LINES'.split(' ');
const SETTINGS = ['HTTPS_PROXY', 'TMPDIR', 'SSL_CERT_FILE', 'XDG_RUNTIME_DIR', 'DOCKER_CONFIG', 'BUILDX_CONFIG', 'GODEBUG', 'TZ'];
/** Writes its arguments as JSON. */
const dockerfile = (names: readonly string[]): string =>
  `FROM python:3.13-slim AS build
ARG ${names.join(' ')}
RUN python3 -c 'import json, os; json.dump({k: os.environ.get(k) for k in "${names.join(' ')}".split()}, open("/args.json", "w"))'
FROM scratch
COPY --from=build /args.json /
`;

beforeAll(() => {
  cluster = clusterEnvironment();
  registry = new CraneRegistry(cluster);
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-values-'));
  prefix = `${cluster.registry.host}/values-${Date.now().toString(36)}`;
  write({
    'values/Dockerfile': dockerfile(NAMES),
    'settings/Dockerfile': dockerfile(SETTINGS),
    'more/Dockerfile': `FROM python:3.13-slim AS build
COPY --from=shared words.txt /
RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && date +%s%N > /time
FROM scratch
COPY --from=build /words.txt /time /
`,
    'shared/words.txt': 'from the shared context\n',
    key: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
});
afterAll(async () => {
  for (const { state, tempDir } of results) {
    await runAction({ action: 'actions/build-push', step: 'post', state, env: { ...cluster.env, GITHUB_ACTIONS: 'true' }, tempDir });
  }
  rmSync(workspace, { recursive: true, force: true });
});

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), content, { mode: 0o600 });
  }
}

const results: ActionResult[] = [];

async function buildPush(inputs: Record<string, string>, env: Record<string, string> = {}): Promise<ActionResult> {
  const result = await runAction({
    action: 'actions/build-push',
    inputs: { registry: prefix, builder: cluster.buildkit.address, cache: 'off', version: '1.0.0', ...inputs },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', ...env },
    cwd: workspace,
  });
  results.push(result);
  return result;
}

const errors = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));
const written = (path: string): string => readFileSync(join(workspace, path), 'utf8');

describe('build arguments', () => {
  test('are what was written, letter for letter', async () => {
    const result = await buildPush({
      images: `values:
  context: ./values
  outputs: type=local,dest=out/values
  build-args:
    PY: 3.10
    NUM: 007
    DATE: 2026-11-28
    FLAG: yes
    EXP: 1e3
    NIL: ~
    LONG: |
      first line
      second line
`,
      'build-args': [
        '# a remark',
        'HASH=before#after',
        'EQ=a=b=c==',
        'SPACE=  two words  ',
        'QUOTED="in quotes"',
        'COMMA=a,b,c',
        'UNI=Zürich ✓',
        'DOLLAR=$HOME and \u0024{HOME}',
        'EMPTY=',
        '"LINES=one\n# two ""three"""',
      ].join('\n'),
    });
    expect(errors(result)).toEqual([]);
    expect(JSON.parse(written('out/values/args.json'))).toEqual({
      HASH: 'before#after',
      EQ: 'a=b=c==',
      SPACE: '  two words  ',
      QUOTED: '"in quotes"',
      COMMA: 'a,b,c',
      UNI: 'Zürich ✓',
      DOLLAR: '$HOME and \u0024{HOME}',
      EMPTY: '',
      PY: '3.10',
      NUM: '007',
      DATE: '2026-11-28',
      FLAG: 'yes',
      EXP: '1e3',
      NIL: '~',
      LONG: 'first line\nsecond line\n',
      LINES: 'one\n# two "three"',
    });
  });

  test('named like a setting reach the build, and change nothing in buildx', async () => {
    const values = Object.fromEntries(SETTINGS.map((name) => [name, name === 'HTTPS_PROXY' ? 'http://127.0.0.1:9' : '/nowhere/else']));
    const result = await buildPush({
      images: 'settings: {context: ./settings, outputs: "type=local,dest=out/settings"}',
      'build-args': Object.entries(values)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    });
    expect(errors(result)).toEqual([]);
    expect(JSON.parse(written('out/settings/args.json'))).toEqual(values);
  });

  test('that hold a secret of the step are refused, and shown nowhere', async () => {
    const secret = 'hidden-word-in-the-open';
    const result = await buildPush({
      images: 'values: ./values',
      secrets: `token=${secret}`,
      'build-args': `PY=https://me:${secret}@host`,
    });
    expect(errors(result).join()).toContain('the build argument "PY" holds a secret of this step');
    expect(`${result.log.filter((line) => !line.startsWith('::add-mask::')).join('\n')}${result.summary}`).not.toContain(secret);
  });
});

test('build contexts, ssh, labels and annotations reach the image; no-cache builds anew', async () => {
  const inputs = {
    images: 'more: {context: ./more, outputs: "type=local,dest=out/more", labels: {com.example.number: 007}}',
    contexts: 'shared=./shared',
    ssh: 'default=key',
    labels: 'com.example.team=todo, and others',
    annotations: 'org.opencontainers.image.title=Todo\nindex:com.example.none=of one platform',
    platforms: 'linux/amd64',
  };
  const first = await buildPush(inputs);
  expect(errors(first)).toEqual([]);
  expect(written('out/more/words.txt')).toBe('from the shared context\n');
  const reference = `${prefix}/more:1.0.0`;
  const labels = JSON.parse(await registry.crane('config', reference)).config.Labels;
  expect(labels).toMatchObject({ 'com.example.team': 'todo, and others', 'com.example.number': '007' });
  const { annotations } = JSON.parse(await registry.crane('manifest', reference));
  expect(annotations).toEqual({ 'org.opencontainers.image.title': 'Todo' });
  const before = written('out/more/time');

  const cached = await buildPush({ ...inputs, version: '1.0.1' });
  expect([errors(cached), written('out/more/time')]).toEqual([[], before]);
  const anew = await buildPush({ ...inputs, version: '1.0.2', 'no-cache': 'true', pull: 'true' });
  expect(errors(anew)).toEqual([]);
  expect(written('out/more/time')).not.toBe(before);
});

test('what an image says about its commit is asked for; else the same content is the same image', async () => {
  write({ 'same/Dockerfile': 'FROM scratch\nCOPY words.txt /\n', 'same/words.txt': 'one\n' });
  const build = async (name: string, version: string, commitInfo: string): Promise<string> => {
    const result = await buildPush({ images: `${name}: ./same`, version, 'commit-info': commitInfo, platforms: 'linux/amd64' });
    expect(errors(result)).toEqual([]);
    return registry.digest(`${prefix}/${name}:${version}`);
  };
  const labelsOf = async (reference: string) => JSON.parse(await registry.crane('config', `${prefix}/${reference}`)).config.Labels;
  expect(await build('same', '2.0.1', 'off')).toBe(await build('same', '2.0.0', 'off'));
  expect(Object.keys(await labelsOf('same:2.0.0')).filter((name) => /revision|created|version/.test(name))).toEqual([]);
  expect(await labelsOf('same:2.0.0')).toMatchObject({ 'org.opencontainers.image.title': 'same' });

  await build('labelled', '2.0.2', 'labels');
  expect(await labelsOf('labelled:2.0.2')).toMatchObject({ 'org.opencontainers.image.version': '2.0.2' });
  await build('annotated', '2.0.3', 'annotations');
  const { annotations } = JSON.parse(await registry.crane('manifest', `${prefix}/annotated:2.0.3`));
  expect(annotations).toEqual({ 'org.opencontainers.image.version': '2.0.3' });
});
