import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runAction } from '../support/action.ts';

type Inputs = Record<string, string>;

/** A workspace with something to build, and a server that counts who connects: registry, app and cluster at once. */
let workspace: string;
let server: Server;
let address: string;
let connections = 0;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-wrong-'));
  mkdirSync(join(workspace, 'app'));
  mkdirSync(join(workspace, 'empty'));
  writeFileSync(join(workspace, 'app', 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(workspace, 'ignore.yaml'), '');
  writeFileSync(join(workspace, 'ignore'), '');
  mkdirSync(join(workspace, 'chart'));
  writeFileSync(join(workspace, 'chart', 'Chart.yaml'), 'name: todo\nversion: 1.0.0\n');
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
});
afterAll(() => {
  server.close();
  rmSync(workspace, { recursive: true });
});

const buildPush = (inputs: Inputs): [string, Inputs] => [
  'actions/build-push',
  { images: 'app: ./app', registry: 'ADDRESS/acme', ...inputs },
];
const smokeTest = (inputs: Inputs): [string, Inputs] => ['actions/smoke-test', { smoke: '- {url: "http://ADDRESS/"}', ...inputs }];

const deploy = (inputs: Inputs): [string, Inputs] => ['actions/deploy', { chart: './chart', ...inputs }];
const rollback = (inputs: Inputs): [string, Inputs] => ['actions/rollback', { release: 'todo', ...inputs }];
const janitor = (inputs: Inputs): [string, Inputs] => ['actions/janitor', { registry: 'ADDRESS/acme', ...inputs }];
/** The root action: all parts' inputs are read before the first part begins. */
const pipeline = (inputs: Inputs): [string, Inputs] => ['.', { ...buildPush({})[1], ...deploy({})[1], ...inputs }];

const BY_DIGEST = `r.example/todo@sha256:${'0'.repeat(64)}`;

const TABLE: [[string, Inputs], string][] = [
  [janitor({ registry: 'registry.example.com' }), 'Input "registry" is "registry.example.com": not a registry with its prefix'],
  [janitor({ registry: 'registry.example.com/Acme' }), 'Input "registry" is "registry.example.com/Acme": not a registry with its prefix'],
  [janitor({ 'keep-tags': 'a b' }), 'Input "keep-tags" is "a b": not understood'],
  [janitor({ 'tags-unused-for': '5m' }), 'Input "tags-unused-for" is "5m": too short'],
  [janitor({ 'colors-idle-for': '2 weeks' }), 'Input "colors-idle-for" is "2 weeks": not a duration'],
  [janitor({ cap: '0' }), 'Input "cap" is "0": out of range'],
  [janitor({ username: 'ada' }), 'Input "username" is set and "password" is not'],
  [janitor({ 'waker-image': 'UPPER/case' }), 'Input "waker-image" is "UPPER/case": not the name of an image'],
  [janitor({ 'keep-tag': 'latest' }), 'Input "keep-tag" is not one of this action; did you mean "keep-tags"?'],
  [buildPush({ images: '' }), 'Input "images": it is empty'],
  [buildPush({ images: 'frontend' }), 'Input "images": "frontend" is not an image'],
  [buildPush({ images: 'App: ./app' }), 'Input "images": "App" is not an image name'],
  [buildPush({ images: 'app: ./missing' }), 'Input "images": the context of image "app" is ./missing, which is not a folder'],
  [buildPush({ images: 'app: ./empty' }), 'Input "images": image "app" has no Dockerfile at empty/Dockerfile'],
  [buildPush({ images: 'app: {context: ./app, tag: x}' }), 'Input "images": image "app" has the unknown key "tag"'],
  [buildPush({ images: 'app: ./app\napp: ./app' }), 'Input "images" is not valid YAML: Map keys must be unique'],
  [buildPush({ images: 'app: -f' }), 'Input "images": image "app": "context" starts with "-" and would be read as a flag'],
  [buildPush({ registry: '' }), 'Input "registry" is empty'],
  [buildPush({ registry: 'https://ghcr.io/acme' }), 'Input "registry" is "https://ghcr.io/acme": it has a scheme'],
  [buildPush({ registry: 'acme' }), 'Input "registry" is "acme": "acme" is not a registry host'],
  [buildPush({ username: 'me' }), 'Input "username" is set, but "password" is not'],
  [buildPush({ password: 'hidden-word' }), 'Input "password" is set, but "username" is not'],
  [buildPush({ push: 'yes' }), 'Input "push" is "yes": not a boolean (allowed: true, false)'],
  [buildPush({ tags: 'sha,type=ref' }), 'Input "tags": "type=ref" is neither a rule nor a tag'],
  [buildPush({ version: 'a b' }), 'Input "version" is "a b": not understood'],
  [buildPush({ platforms: 'amd64' }), 'Input "platforms": "amd64" is not a platform'],
  [buildPush({ 'build-args': 'VERSION' }), 'Input "build-args": "VERSION" has no "="'],
  [buildPush({ secrets: 'hidden-word' }), 'Input "secrets", line 1 has no "="'],
  [buildPush({ builder: '--name=x' }), 'Input "builder" is "--name=x": not understood'],
  [buildPush({ cache: 'local' }), 'Input "cache" is "local": not a known value (allowed: registry, gha, off)'],
  [buildPush({ severity: 'HIGH,SEVERE' }), 'Input "severity" is "SEVERE": not a known value'],
  [buildPush({ scanners: 'virus' }), 'Input "scanners" is "virus": not a known value'],
  [buildPush({ 'ignore-unfixed': '1' }), 'Input "ignore-unfixed" is "1": not a boolean'],
  [buildPush({ trivyignores: 'none' }), 'Input "trivyignores" names none, which is not a file'],
  [buildPush({ trivyignores: 'ignore,ignore.yaml' }), 'Input "trivyignores" names a YAML file and others'],
  [
    buildPush({ 'database-max-age': '30 days' }),
    'Input "database-max-age" is "30 days": not understood (allowed: hours or days, such as 48h or 7d)',
  ],
  [buildPush({ timeout: '10 x' }), 'Input "timeout" is "10 x": not a duration'],
  [buildPush({ context: '.' }), 'Input "context" is not one of this action'],
  [buildPush({ load: 'true' }), 'Input "load" is "true": it names the cluster here'],
  [buildPush({ load: 'kind', push: 'true' }), 'Inputs "load" and "push" are both set'],
  [buildPush({ load: 'auto' }), 'No cluster is configured: no input, no KUBECONFIG, no ~/.kube/config'],
  [pipeline({ load: 'kind/dev', cluster: 'acme', 'digitalocean-token': 'dop_v1_token' }), 'Inputs "load" and "cluster" are both set'],
  [buildPush({ sevrity: 'HIGH' }), 'Input "sevrity" is not one of this action; did you mean "severity"?'],
  [
    buildPush({ severity: 'high,critcal' }),
    'Input "severity" is "critcal": not a known value (allowed: CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN; did you',
  ],
  [buildPush({ images: 'app: {context: ./app, dockerfile: x}' }), 'Input "images": image "app" has the unknown key "dockerfile"'],
  [
    buildPush({ images: 'app: {context: ./app, outputs: "type=registry"}' }),
    'Input "images": image "app": output "type=registry" would push',
  ],
  [buildPush({ tags: 'buildcache' }), 'Input "tags": "buildcache" is kept for the build cache'],
  [buildPush({ tags: 'ADDRESS/acme/app:1' }), 'Input "tags": "ADDRESS/acme/app:1" is neither a rule nor a tag'],
  [buildPush({ version: 'latest' }), 'Input "version" is "latest": that tag is kept for the default branch'],
  [buildPush({ contexts: 'x=./missing' }), 'Image "app": its build context "x" is ./missing, which is not a folder'],
  [buildPush({ labels: 'a b=c' }), 'Input "labels": "a b" is not a name'],
  [buildPush({ annotations: 'index-descriptor:a=b' }), 'Input "annotations": "index-descriptor:a" is for a level that is not there'],
  [buildPush({ 'commit-info': 'yes' }), 'Input "commit-info" is "yes": not a known value (allowed: off, labels, annotations)'],
  [buildPush({ 'no-cache': 'x' }), 'Input "no-cache" is "x": not a boolean'],
  [
    buildPush({ 'build-args': 'A=hidden-word', secrets: 'token=hidden-word' }),
    'Image "app": the build argument "A" holds a secret of this step',
  ],
  [pipeline({ file: 'Dockerfile' }), 'Input "file" is not one of this action'],
  [deploy({ 'keep-olds': 'zero' }), 'Input "keep-olds" is not one of this action; did you mean "keep-old"?'],
  [smokeTest({ smoke: '' }), 'Input "smoke" is empty: expected a list of checks'],
  [smokeTest({ smoke: '- {url: "http://ADDRESS/", statuses: 200}' }), 'Input "smoke", check 1: unknown key "statuses"'],
  [smokeTest({ smoke: '- {url: "http://me:hidden-word@ADDRESS/"}' }), 'Input "smoke", check 1: "url" holds a password'],
  [smokeTest({ smoke: '- {url: "http://ADDRESS/", status: ok}' }), 'Input "smoke", check 1: "status" is "ok"'],
  [smokeTest({ smoke: '- {url: "http://ADDRESS/"' }), 'Input "smoke" is not valid YAML'],
  [smokeTest({ smoke: '- /health' }), 'Input "smoke": check "GET /health" has neither "url" nor "service"'],
  [smokeTest({ url: 'ADDRESS' }), 'Input "url" is "ADDRESS": not understood'],
  [smokeTest({ retries: '-1' }), 'Input "retries" is "-1": out of range'],
  [smokeTest({ retries: 'some' }), 'Input "retries" is "some": not a whole number'],
  [smokeTest({ interval: 'often' }), 'Input "interval" is "often": not a duration'],
  [smokeTest({ timeout: '10ms' }), 'Input "timeout" is "10ms": too short'],
  [deploy({ chart: '' }), 'Input "chart" is empty'],
  [deploy({ chart: './missing' }), 'Input "chart" names ./missing, which is not a folder'],
  [deploy({ chart: './empty' }), 'Input "chart" names ./empty, which has no Chart.yaml'],
  [deploy({ chart: 'oci://x' }), 'Input "chart" is "oci://x": not an OCI reference'],
  [deploy({ release: 'Todo_1' }), 'Input "release" is "Todo_1": not understood'],
  [deploy({ images: 'todo=latest!' }), 'Input "images" holds "todo=latest!": "latest!" is neither a digest nor a tag'],
  [deploy({ verify: 'acme' }), 'Input "verify" holds "acme": not a repository or workflow'],
  [deploy({ verify: 'acme/todo' }), 'Input "verify" is set, but "images" names none'],
  [deploy({ verify: 'acme/todo', images: 'r.example/todo:v1' }), 'Input "images" names r.example/todo:v1, and "verify" needs a digest'],
  [deploy({ 'trusted-root': 'none.json' }), 'Input "trusted-root" is set, but "verify" is not'],
  [
    deploy({ verify: 'acme/todo', images: BY_DIGEST, 'trusted-root': 'none.json' }),
    'Input "trusted-root" names none.json, which is not a file',
  ],
  [pipeline({ verify: 'acme/todo' }), 'Input "verify" is not one of this action'],
  [deploy({ 'value-files': 'none.yaml' }), 'Input "value-files" names none.yaml, which is not a file'],
  [deploy({ values: '- a' }), 'Input "values" is not a YAML map'],
  [deploy({ secrets: 'hidden-word' }), 'Input "secrets", line 1 has no "="'],
  [deploy({ secrets: 'database=hidden-word' }), 'Input "secrets", line 1: what stands before "=" is not a Secret and a key'],
  [deploy({ url: 'todo.example.com' }), 'Input "url" is "todo.example.com": not a URL'],
  [deploy({ bake: 'long' }), 'Input "bake" is "long": not a duration'],
  [deploy({ 'keep-old': 'cold' }), 'Input "keep-old" is "cold": not a known value (allowed: zero, warm, remove)'],
  [deploy({ 'service-account': 'deployer' }), 'Input "service-account" is "deployer": not understood'],
  [deploy({ cluster: 'acme' }), 'Input "cluster" is "acme", but there is no DigitalOcean token'],
  [deploy({ cluster: 'acme', kubeconfig: '/none', 'digitalocean-token': 'hidden-word' }), 'Inputs "cluster" and "kubeconfig" are both set'],
  [deploy({ cluster: 'a/../b', 'digitalocean-token': 'hidden-word' }), 'Input "cluster" is "a/../b": not understood'],
  [deploy({ 'digitalocean-token': 'hidden-word\n2' }), 'The DigitalOcean token holds spaces'],
  [deploy({ 'dry-run': 'maybe' }), 'Input "dry-run" is "maybe": not a boolean'],
  [deploy({ smoke: '- {service: web, port: 0}' }), 'Input "smoke", check 1: "port" is "0"'],
  [rollback({ release: '' }), 'Input "release" is empty: expected a Helm release name'],
  [rollback({ release: 'Todo_1' }), 'Input "release" is "Todo_1": not understood'],
  [rollback({ to: 'a b' }), 'Input "to" is "a b": not understood (allowed: previous, -2, a commit, a version or tag, plain)'],
  [rollback({ to: '-0' }), 'Input "to" is "-0": not understood'],
  [rollback({ to: '--namespace=x' }), 'Input "to" is "--namespace=x": not understood'],
  [rollback({ to: '$(id)' }), 'Input "to" is "$(id)": not understood'],
  [rollback({ list: 'yes' }), 'Input "list" is "yes": not a boolean'],
  [rollback({ reason: 'x'.repeat(501) }), 'Input "reason" has 501 characters (allowed: at most 500)'],
  [rollback({ smoke: '- {service: web, port: 0}' }), 'Input "smoke", check 1: "port" is "0"'],
  [rollback({ smoke: '- {path: /' }), 'Input "smoke" is not valid YAML'],
  [rollback({ url: 'todo.example.com' }), 'Input "url" is "todo.example.com": not a URL'],
  [rollback({ url: 'https://me:hidden-word@ADDRESS' }), 'Input "url" holds a user name or password'],
  [rollback({ timeout: '10ms' }), 'Input "timeout" is "10ms": too short'],
  [rollback({ drain: 'long' }), 'Input "drain" is "long": not a duration'],
  [rollback({ 'keep-old': 'cold' }), 'Input "keep-old" is "cold": not a known value (allowed: zero, warm, remove)'],
  [rollback({ 'allow-irreversible': '1' }), 'Input "allow-irreversible" is "1": not a boolean'],
  [rollback({ 'service-account': 'deployer' }), 'Input "service-account" is "deployer": not understood'],
  [rollback({ namespace: 'To do' }), 'Input "namespace" is "To do": not understood'],
  [pipeline({ images: 'app: ./missing' }), 'Input "images": the context of image "app" is ./missing, which is not a folder'],
  [pipeline({ chart: './missing' }), 'Input "chart" names ./missing, which is not a folder'],
  [pipeline({ 'build-secrets': 'hidden-word' }), 'Input "secrets", line 1 has no "="'],
  [pipeline({ secrets: 'hidden-word' }), 'Input "secrets", line 1 has no "="'],
  [pipeline({ 'build-timeout': 'x' }), 'Input "timeout" is "x": not a duration'],
  [smokeTest({ release: 'To do' }), 'Input "release" is "To do": not understood'],
];

describe('a wrong input is one clear line, before anything is touched', () => {
  test.concurrent.each(TABLE)('%j: %s', async ([action, inputs], message) => {
    const filled = (text: string): string => text.replaceAll('ADDRESS', address);
    const result = await runAction({
      action,
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, filled(value)])),
      env: { GITHUB_ACTIONS: 'true', PATH: '', DOCKER_CONFIG: workspace, KUBECONFIG: join(workspace, 'none') },
      cwd: workspace,
    });
    const errors = result.log.filter((line) => line.startsWith('::error'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(` wrong configuration::${filled(message)}`.replaceAll('%', '%25'));
    // Behind the line may stand a closed group with its cause, such as the place in the YAML.
    const rest = result.log
      .join('\n')
      .replace(/^::group::Causes\n.*^::endgroup::$/ms, '')
      .split('\n');
    expect(rest.filter((line) => line !== '' && !/^::(error|add-mask)/.test(line))).toEqual([]);
    expect(result.exitCode).toBe(1);
    expect([result.outputs, connections]).toEqual([{}, 0]);
    expect(errors.join()).not.toContain('hidden-word');
  });
});
