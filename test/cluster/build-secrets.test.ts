import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { type ActionResult, runAction } from '../support/action.ts';
import { watchArguments } from '../support/argv.ts';
import { SHAPES } from '../support/secret-shapes.ts';

let cluster: ClusterEnvironment;
let workspace: string;
let registry: string;

/** Writes what it finds below /run/secrets as SHA-256, and shows it in every way in which a careless build would. */
const SCRIPT = `import base64, hashlib, json, os, time, urllib.parse
folder = "/run/secrets"
found = {name: open(f"{folder}/{name}", "rb").read() for name in sorted(os.listdir(folder))}
json.dump({name: hashlib.sha256(value).hexdigest() for name, value in found.items()}, open("/sums.json", "w"))
for name, value in found.items():
    text = value.decode()
    print(name, "raw", text)
    print(name, "base64", base64.b64encode(value).decode())
    print(name, "auth", base64.b64encode(b"robot:" + value).decode())
    print(name, "url", urllib.parse.quote(text, safe=""))
    print(name, "json", json.dumps({"a": text}))
time.sleep(1)
`;
const dockerfile = (ids: readonly string[]): string => `FROM python:3.13-slim AS build
COPY show.py /
RUN ${ids.map((id) => `--mount=type=secret,id=${id}`).join(' ')} python3 /show.py
FROM scratch
COPY --from=build /sums.json /
`;

beforeAll(() => {
  cluster = clusterEnvironment();
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-secrets-'));
  registry = `${cluster.registry.host}/secrets-${Date.now().toString(36)}`;
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

function write(name: string, content: string): void {
  mkdirSync(dirname(join(workspace, name)), { recursive: true });
  writeFileSync(join(workspace, name), content);
}

/** The main step and the post step of a build of the Dockerfile in `name`, whose result stays in a folder. */
async function build(name: string, ids: readonly string[], inputs: Record<string, string>, env: Record<string, string> = {}) {
  write(`${name}/Dockerfile`, dockerfile(ids));
  // BuildKit's cache knows nothing of secrets: each build is another one.
  write(`${name}/show.py`, `# ${randomUUID()}\n${SCRIPT}`);
  const call = {
    action: 'actions/build-push',
    inputs: {
      registry,
      images: `${name}: {context: ./${name}, outputs: "type=local,dest=out/${name}"}`,
      builder: cluster.buildkit.address,
      cache: 'off',
      push: 'false',
      version: '1.0.0',
      ...inputs,
    },
    env: { ...cluster.env, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', RUNNER_DEBUG: '1', ...env },
    cwd: workspace,
  };
  const main = await runAction(call);
  const post = await runAction({ ...call, step: 'post', state: main.state, tempDir: main.tempDir });
  return { main, post };
}

const errors = ({ log }: ActionResult): string[] => log.filter((line) => line.startsWith('::error'));
const warnings = ({ log }: ActionResult): string[] => log.filter((line) => line.startsWith('::warning'));
const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
const sums = (name: string): Record<string, string> => JSON.parse(readFileSync(join(workspace, 'out', name, 'sums.json'), 'utf8'));
const quoted = (name: string, value: string): string => `"${name}=${value.replaceAll('"', '""')}"`;

const NPMRC = '//npm.example.com/:_authToken=abc-first-line\n@acme:registry=https://npm.example.com/\nalways-auth=true';

describe('a build secret of several lines', () => {
  test('in quotes, from a file and from a variable is there byte for byte', async () => {
    const file = `  ${NPMRC}\r\n\n`;
    write('files/npm,rc', file);
    const { main } = await build(
      'lines',
      ['npmrc', 'trailing', 'file', 'variable'],
      {
        secrets: `${quoted('npmrc', NPMRC)}\n${quoted('trailing', `"${NPMRC}"\n`)}`,
        'secret-files': 'file=files/npm,rc',
        'secret-envs': 'variable=NPM_CONFIGURATION',
      },
      { NPM_CONFIGURATION: `${NPMRC}\n` },
    );
    expect(errors(main)).toEqual([]);
    expect(sums('lines')).toEqual({
      npmrc: sum(NPMRC),
      trailing: sum(`"${NPMRC}"\n`),
      file: sum(file),
      variable: sum(`${NPMRC}\n`),
    });
    expect(main.log.filter((line) => !line.startsWith('::add-mask::') && /abc-first|YWJjLWZpcnN0/.test(line))).toEqual([]);
  });

  test.each([
    ['a key, not quoted', 'npmrc=-----BEGIN KEY-----\neJs0hidden/word==\n-----END KEY-----', 'line 2'],
    ['an .npmrc, not quoted', `npmrc=${NPMRC}`, 'line 2'],
    ['base64 as its second line', 'npmrc=hidden-first-line\nZm9vhiddenword/dGFpbA==', 'line 2'],
  ])('%s is refused by its line', async (_what, secrets, line) => {
    const { main } = await build('refused', ['npmrc'], { secrets });
    expect(errors(main)).toEqual([expect.stringContaining(`Input "secrets", ${line}`)]);
    expect(errors(main)[0]).toContain('in quotes');
    expect(main.log.filter((one) => !one.startsWith('::add-mask::')).join('\n')).not.toMatch(/hidden|npm\.example/);
  });

  test('whose second line looks like another secret is said, one letter hides nothing else', async () => {
    const { main } = await build('doubt', ['npmrc', 'ci'], { secrets: 'npmrc=//npm.example.com/:_authToken=abc\nalways_auth=true\nci=1' });
    expect(errors(main)).toEqual([]);
    expect(warnings(main).join('\n')).toMatch(/Input "secrets", line 2: no Dockerfile mounts a secret of this id/);
    expect(warnings(main).join('\n')).toMatch(/Input "secrets", line 3: a secret has fewer than 4 characters/);
    expect(sums('doubt')).toEqual({ npmrc: sum('//npm.example.com/:_authToken=abc'), ci: sum('1') });
    expect(main.log.filter((line) => /^::add-mask::(1|true)$/.test(line))).toEqual([]);
    expect(main.outputs.pushed).toBe('false');
  });
});

test('secrets of twelve shapes reach a build that shows them, and are seen nowhere', async () => {
  const shaped = Object.entries(SHAPES).map(([shape, make]) => ({ id: shape.replace(/\W+/g, '_'), ...make() }));
  const traces = Object.fromEntries(shaped.flatMap(({ id, traces }) => traces.map((trace, index) => [`${id} ${index}`, trace])));
  const watch = watchArguments(traces);
  const { main, post } = await build(
    'shapes',
    shaped.map(({ id }) => id),
    { secrets: shaped.map(({ id, value }) => quoted(id, value)).join('\n') },
  );
  expect(errors(main)).toEqual([]);
  expect([watch.saw('buildx build'), watch.stop()]).toEqual([true, []]);
  expect(sums('shapes')).toEqual(Object.fromEntries(shaped.map(({ id, value }) => [id, sum(value)])));
  // The build did print them.
  expect(main.log.filter((line) => /(raw|base64|auth|url|json) .*\*\*\*/.test(line)).length).toBeGreaterThan(40);
  const shown = [main, post].flatMap(({ log, outputs, state, summary }) => [
    ...log.filter((line) => !line.startsWith('::add-mask::')),
    JSON.stringify([outputs, state, summary]),
  ]);
  expect(Object.keys(traces).filter((name) => shown.some((text) => text.includes(traces[name] ?? '')))).toEqual([]);
});
