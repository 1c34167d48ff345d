import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type ActionCall, type ActionResult, runAction } from '../support/action.ts';
import { SHAPES, type ShapedSecret } from '../support/secret-shapes.ts';

type Inputs = Record<string, string>;

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'nothing-gets-out-'));
  mkdirSync(join(workspace, 'app'));
  mkdirSync(join(workspace, 'chart'));
  writeFileSync(join(workspace, 'app', 'Dockerfile'), 'FROM scratch\nRUN --mount=type=secret,id=npm true\n');
  writeFileSync(join(workspace, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
});
afterAll(() => rmSync(workspace, { recursive: true }));

const BUILD = { images: 'app: ./app', registry: '127.0.0.1:9/acme', username: 'robot' };
const DEPLOY = { chart: './chart', registry: '127.0.0.1:9/acme' };
const RELEASE = { release: 'todo' };
/** What each action cannot do without. */
const REST: Readonly<Record<string, Inputs>> = {
  '.': { ...BUILD, ...DEPLOY },
  'actions/build-push': BUILD,
  'actions/deploy': DEPLOY,
  'actions/rollback': RELEASE,
  'actions/remove': { ...RELEASE, confirm: 'todo' },
  'actions/smoke-test': { ...RELEASE, smoke: '- {service: web, path: /}' },
  'actions/status': RELEASE,
};

const quoted = (name: string, value: string): string => `"${name}=${value.replaceAll('"', '""')}"`;
const kubeconfig = (value: string): string =>
  JSON.stringify({
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:9' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    users: [{ name: 'a', user: { token: value, exec: { command: '/nowhere/login', args: [value], env: [{ name: 'A', value }] } } }],
  });
/** The ways in which a secret gets into an input: as it should, and as it should not. */
const WAYS: Readonly<Record<string, Readonly<Record<string, (value: string) => string>>>> = {
  secrets: {
    'alone, quoted': (value) => quoted('db/password', value),
    'as a line': (value) => `db/password=${value}`,
    wrong: (value) => value,
  },
  'build-secrets': { 'alone, quoted': (value) => quoted('npm', value), 'as a line': (value) => `npm=${value}`, wrong: (value) => value },
  'secret-files': { wrong: (value) => `npm=${value}`, 'without a name': (value) => value },
  'secret-envs': { wrong: (value) => `npm=${value}`, 'without a name': (value) => value, variable: () => 'npm=CANARY' },
  kubeconfig: {
    content: kubeconfig,
    base64: (value) => Buffer.from(kubeconfig(value)).toString('base64'),
    'not closed': (value) => `users:\n- name: [${value}`,
    wrong: (value) => value,
    'wrong, in base64': (value) => Buffer.from(value.padEnd(300, '.')).toString('base64'),
  },
};
const ALONE = { wrong: (value: string) => value };
const SAME: Readonly<Record<string, string>> = { 'build-secret-files': 'secret-files', 'build-secret-envs': 'secret-envs' };

/** Every input that takes a secret, of every action, by its description. */
const INPUTS = Object.keys(REST).flatMap((action) => {
  const { inputs } = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as { inputs: Inputs };
  return Object.keys(inputs)
    .filter((name) => /secret|token|password|kubeconfig/.test(name) && !/^(delete-secrets|image-pull-secrets)$/.test(name))
    .map((input) => ({ action, input }));
});

/** Of the secrets of a build: an action's input may have the same name as another's of another kind. */
function waysOf(action: string, input: string): [string, (value: string) => string][] {
  const name = action === 'actions/build-push' && input === 'secrets' ? 'build-secrets' : (SAME[input] ?? input);
  return Object.entries(WAYS[name] ?? ALONE);
}

const callOf = (action: string, inputs: Inputs, env: Inputs = {}): ActionCall => ({
  action,
  inputs: { ...REST[action], ...inputs },
  env: { GITHUB_ACTIONS: 'true', RUNNER_DEBUG: '1', PATH: '', HOME: workspace, DOCKER_CONFIG: workspace, KUBECONFIG: '/none', ...env },
  cwd: workspace,
});

async function run(action: string, inputs: Inputs, env: Inputs): Promise<ActionResult[]> {
  const call = callOf(action, inputs, env);
  const main = await runAction(call);
  return [main, await runAction({ ...call, step: 'post', state: main.state, tempDir: main.tempDir })];
}

/** Where traces of a secret are, after the post step too. */
function found(results: readonly ActionResult[], { traces }: ShapedSecret): string[] {
  const places = results.flatMap(({ log, outputs, state, summary, tempDir }) => [
    ...log.filter((line) => !line.startsWith('::add-mask::')).map((line): [string, string] => [`log: ${line.slice(0, 60)}`, line]),
    ['outputs', JSON.stringify(outputs)] as [string, string],
    ['state', JSON.stringify(state)] as [string, string],
    ['summary', summary] as [string, string],
    ...filesIn(tempDir).map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
  ]);
  return places.filter(([, text]) => traces.some((trace) => text.includes(trace))).map(([place]) => place);
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

const shapes = Object.keys(SHAPES);
const cases = INPUTS.flatMap(({ action, input }) => waysOf(action, input).map(([way, write]) => ({ action, input, way, write })));
/** Every shape in every place with CANARIES=all; else each place gets the next shape. */
const sample = cases.flatMap((one, index) =>
  process.env.CANARIES === 'all'
    ? shapes.map((shape) => ({ ...one, shape }))
    : [{ ...one, shape: shapes[(index * 5) % shapes.length] ?? '' }],
);

describe('a secret of any shape, in any input that takes one, is found nowhere', () => {
  test('every action that takes secrets is among them', () => {
    expect(new Set(cases.map(({ action }) => action)).size).toBe(Object.keys(REST).length);
    expect(new Set(sample.map(({ shape }) => shape))).toEqual(new Set(shapes));
  });

  test.concurrent.each(sample)(
    '$action, $input, $way: $shape',
    async ({ action, input, write, shape }) => {
      const secret = SHAPES[shape]?.();
      if (secret === undefined) throw new Error(`no shape ${shape}`);
      const inputs = input === 'password' ? { [input]: write(secret.value) } : { username: '', [input]: write(secret.value) };
      const results = await run(action, inputs, { CANARY: secret.value });
      expect(found(results, secret)).toEqual([]);
      expect(results.flatMap(({ stderr }) => stderr)).toEqual([]);
      // What the runner is told to hide would go from every line and output.
      const hidden = results.flatMap(({ log }) => log.filter((line) => line.startsWith('::add-mask::'))).map((line) => line.slice(12));
      expect(hidden.filter((text) => text.length < 4)).toEqual([]);
    },
    120_000,
  );
});

describe('standard error stays empty, whatever an input holds', () => {
  const HOSTILE: [string, string][] = [
    ['a tag', '::set-output name=status::deployed: !x hidden-word'],
    ['a directive', '%YAML 9.9\n---\n- ::error::hidden-word'],
    ['a key of several', '? {"::add-mask::a": hidden-word}\n: 1'],
    ['no end', '"::warning::hidden-word'],
    ['too deep', `${'['.repeat(5000)}::error::hidden-word`],
  ];
  const PLACES: [string, string, (text: string) => Inputs][] = [
    ['actions/deploy', 'values', (values) => ({ values })],
    ['actions/deploy', 'kubeconfig', (text) => ({ kubeconfig: `${text}\n` })],
    ['actions/deploy', 'kubeconfig in base64', (text) => ({ kubeconfig: Buffer.from(text.padEnd(300)).toString('base64') })],
    ['actions/build-push', 'images', (images) => ({ images })],
    ['actions/smoke-test', 'smoke', (smoke) => ({ smoke })],
  ];
  const all = PLACES.flatMap(([action, place, inputs]) => HOSTILE.map(([what, text]) => ({ action, place, what, inputs, text })));
  test.concurrent.each(all)(
    '$action, $place: $what',
    async ({ action, place, inputs, text }) => {
      const { log, stderr } = await runAction(callOf(action, inputs(text)));
      expect(stderr).toEqual([]);
      const shown = log.filter((line) => !/^::add-mask::/.test(line));
      expect(shown.filter((line) => /^\s*::(?!error |debug|group|endgroup|warning)/.test(line))).toEqual([]);
      // A check may be quoted: it is no secret. Values and a kubeconfig never are.
      if (/values|kubeconfig/.test(place)) expect(shown.filter((line) => line.includes('hidden-word'))).toEqual([]);
    },
    120_000,
  );
});
