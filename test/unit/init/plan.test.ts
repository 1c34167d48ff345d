import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { planInit } from '../../../src/init/index.ts';
import { expression } from '../../../src/init/write/text.ts';
import { failure } from '../failure.ts';
import { checkoutOf, wantedOf } from './checkout.ts';

type Files = Record<string, string>;
const plan = (files: Files, wanted = {}, more = {}) => planInit(checkoutOf(files, more), wantedOf(wanted));
const fileOf = ({ files }: ReturnType<typeof plan>, path: string): string => files.find((file) => file.path === path)?.content ?? '';
const deployOf = (found: ReturnType<typeof plan>) => {
  const { steps, permissions } = parse(fileOf(found, '.github/workflows/deploy.yml')).jobs.deploy;
  return { build: steps[1].with, deploy: steps[2].with, permissions };
};

const NODE = 'FROM node:24\nUSER node\nEXPOSE 3000\n';
const COMPOSE = `
services:
  frontend:
    build: {context: ./web, target: run}
    ports: ["3000:3000"]
    environment: {BACKEND_URL: "http://backend:8000", NODE_ENV: production}
  backend:
    build: api
    environment:
      - DATABASE_URL=postgres://todo:\${PASSWORD}@db/todo
      - SESSION_SECRET
      - CACHE=cache:6379
      - LOG=\${LOG:-info}
    depends_on: {migrate: {condition: service_completed_successfully}}
    healthcheck: {test: ["CMD", "curl", "-f", "http://localhost:8000/ok"]}
  worker: {build: api, command: python -m worker}
  migrate: {build: api, command: alembic upgrade head}
  tests: {build: ./e2e, profiles: [test]}
  db: {image: "postgres:17"}
  cache: {image: "redis:8"}
`;
const SHOP: Files = {
  'compose.yaml': COMPOSE,
  'web/Dockerfile': `${NODE.replace('24', '24 AS run')}`,
  'api/Dockerfile': 'FROM python:3.14\nEXPOSE 8000\nUSER 1000\n',
};

describe('a compose file', () => {
  const found = plan(SHOP);
  test('what is built alike is one image, and what is not for users is left out', () => {
    expect(deployOf(found).build.images).toBe('shop-frontend: {"context":"./web","target":"run"}\nshop-backend: ./api\n');
    expect(found.app.workloads.map(({ name, image, port, args }) => [name, image, port, args])).toEqual([
      ['frontend', 'shop-frontend', 3000, undefined],
      ['backend', 'shop-backend', 8000, undefined],
      ['worker', 'shop-backend', undefined, ['python', '-m', 'worker']],
    ]);
    expect(found.app.front).toBe('frontend');
  });

  test('what is secret is asked for as a secret, and set with a command', () => {
    expect(found.app.workloads[1]).toMatchObject({
      env: { CACHE: 'cache:6379', LOG: 'info' },
      secretEnv: ['DATABASE_URL', 'SESSION_SECRET'],
      health: '/ok',
    });
    const line = (name: string) => `shop-env/${name}=${expression(`secrets.${name}`)}\n`;
    expect(deployOf(found).deploy.secrets).toBe(line('DATABASE_URL') + line('SESSION_SECRET'));
    const commands = found.steps.flatMap((step) => step.commands);
    expect(commands).toEqual(
      expect.arrayContaining(['gh secret set DATABASE_URL --repo Acme/Shop', 'gh secret set SESSION_SECRET --repo Acme/Shop']),
    );
    expect(JSON.stringify(found.files)).not.toContain('postgres://');
  });

  test('what it cannot write is said', () => {
    const notes = found.notes.join('\n');
    expect(notes).toContain('migrate runs to its end in compose.yaml');
    expect(notes).toContain('db (postgres:17) is not part of the chart');
    expect(notes).toContain('CACHE is "cache:6379", and cache (redis:8) is not part of the chart');
    expect(notes).toContain('frontend: no path for health checks was found');
  });
});

describe('compose files as they come', () => {
  test('one for developers: their stage and their commands are not for users', () => {
    const found = plan({
      'compose.yaml':
        'services:\n  web: {build: {context: ., target: dev}, entrypoint: nodemon --inspect, command: server.js, volumes: ["./:/app"], ports: ["80:80"]}\n',
      Dockerfile: 'FROM node AS dev\nFROM node\nUSER node\nEXPOSE 80\n',
    });
    expect(found.app.images[0]).toMatchObject({ target: undefined });
    expect(found.app.workloads[0]).toMatchObject({ command: undefined, args: undefined, port: 80 });
  });

  test('an entrypoint is one', () => {
    const found = plan({ 'compose.yaml': 'services:\n  web: {build: ., entrypoint: [./serve, --port, "81"]}\n', Dockerfile: NODE });
    expect(found.app.workloads[0]).toMatchObject({ command: ['./serve', '--port', '81'], port: 81 });
    expect(fileOf(found, 'chart/templates/web.yaml')).toContain('command: ["./serve","--port","81"]');
  });

  test('a published image of this repository is what its Dockerfile makes', () => {
    const found = plan({
      'compose.yaml': 'services:\n  main: {image: "ghcr.io/acme/shop:latest", ports: ["8000:9000"]}\n  db: {image: postgres}\n',
      Dockerfile: NODE,
    });
    expect(found.app.images).toMatchObject([{ name: 'shop', context: '.' }]);
    expect(found.app.workloads).toMatchObject([{ name: 'main', port: 9000 }]);
  });

  test('those of tests and examples say nothing', () => {
    const found = plan({ 'cypress/docker-compose.yml': COMPOSE, Dockerfile: NODE });
    expect(found.app.workloads).toMatchObject([{ name: 'shop', port: 3000, secretEnv: [] }]);
  });

  test('a file .env says what variables are; secrets stay secret all the same', () => {
    const found = plan({
      'compose.yaml': [
        'services:',
        '  web:',
        '    build: .',
        '    environment:',
        '      TITLE: $TITLE',
        '      API_KEY: $API_KEY',
        '      SMTP: $SMTP',
      ].join('\n'),
      '.env': '# of compose\nexport TITLE="A shop" # said to all\nAPI_KEY=changethis\nSMTP=localhost\n',
      Dockerfile: NODE,
    });
    expect(found.app.workloads[0]).toMatchObject({ env: { TITLE: 'A shop', SMTP: 'localhost' }, secretEnv: ['API_KEY'] });
    expect(found.notes.join('\n')).toContain('SMTP is "localhost", which is the pod itself in a cluster');
    expect(JSON.stringify(found)).not.toContain('changethis');
  });
});

describe('a repository with a chart', () => {
  const chart = (values: string): Files => ({
    Dockerfile: NODE,
    'helm/shop/Chart.yaml': 'name: my-shop\n',
    'helm/shop/values.yaml': values,
    'helm/shop/values-production.yaml': 'replicas: 3\n',
    'helm/shop/templates/all.yaml':
      'apiVersion: apps/v1\nkind: StatefulSet\n---\napiVersion: {{ v }}\nkind: Ingress\n---\napiVersion: example.com/v1\nkind: Gadget\n',
    'helm/shop/charts/redis/Chart.yaml': 'name: redis\n',
    'charts/library/Chart.yaml': 'name: common\ntype: library\n',
  });

  test('it is deployed as it is, and no other is written', () => {
    const found = plan(chart('image: {repository: ghcr.io/acme/the-shop, tag: x}'));
    expect(found.files.map(({ path }) => path)).toEqual([
      '.github/workflows/deploy.yml',
      '.github/workflows/rollback.yml',
      'deploy/role.yaml',
    ]);
    const { build, deploy } = deployOf(found);
    expect(build).toMatchObject({ registry: 'ghcr.io/acme', images: 'the-shop: .\n' });
    expect(deploy).toMatchObject({ chart: './helm/shop', release: 'my-shop', 'value-files': 'helm/shop/values-production.yaml' });
    expect(deploy.values).toBeUndefined();
  });

  test("the Role has its kinds, in Kubernetes' words", () => {
    const role = parseAllDocuments(fileOf(plan(chart('')), 'deploy/role.yaml')).map((document) => document.toJS());
    const rules = role.find(({ kind }) => kind === 'Role').rules as { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    const verbs = (group: string, resource: string) =>
      rules.find((rule) => rule.apiGroups[0] === group && rule.resources[0] === resource)?.verbs;
    expect(verbs('apps', 'statefulsets')).toEqual(expect.arrayContaining(['create', 'watch']));
    expect(verbs('networking.k8s.io', 'ingresses')).toEqual(['list', 'get', 'create', 'patch', 'delete']);
    expect(verbs('example.com', 'gadgets')).toEqual(['get', 'create', 'patch', 'delete']);
  });

  test.each([
    ['what `helm create` says', 'image: {repository: nginx, tag: ""}', { image: { repository: 'ghcr.io/acme/shop' } }],
    ['a registry beside it', 'image: {registry: docker.io, repository: acme/shop}', undefined],
    ['one text', 'image: nginx:1\nother: 1', { image: 'ghcr.io/acme/shop' }],
    ['a part of its own', 'web: {image: {repository: x/web}}\nredis: {image: {repository: redis}}', undefined],
  ])('the chart gets the name of the image: %s', (_, values, expected) => {
    const found = plan(chart(values));
    if (expected) expect(parse(deployOf(found).deploy.values)).toEqual(expected);
    else expect(found.app.images[0]?.name).toMatch(/shop|web/);
  });

  test('an image that the chart has no name for is said', () => {
    expect(plan(chart('a: 1')).notes.join('\n')).toContain('No value of the chart names the image shop');
  });

  test('two charts: it has to be said which', async () => {
    const two = { ...chart(''), 'charts/other/Chart.yaml': 'name: other\n' };
    expect(await failure(async () => plan(two))).toMatchObject({
      message: expect.stringContaining('charts/other, helm/shop'),
      hint: 'Name it: --chart charts/other',
    });
    expect(plan(two, { chart: 'helm/shop' }).app.chart).toBe('helm/shop');
  });
});

describe('Dockerfiles alone', () => {
  test('helpers and variants are no images', () => {
    const found = plan({
      Dockerfile: NODE,
      'Dockerfile.dev': NODE,
      '.devcontainer/Dockerfile': NODE,
      'test/Dockerfile': NODE,
      'node_modules/x/Dockerfile': NODE,
    });
    expect(found.app.images).toEqual([{ name: 'shop', context: '.', file: undefined, target: undefined, buildArgs: {} }]);
  });

  test('the context is where the sources are', () => {
    const found = plan({
      'docker/api.Dockerfile': 'FROM golang\nCOPY go.mod go.sum ./\nCOPY api ./api\nEXPOSE 8080',
      'docker/web.Dockerfile': 'FROM node\nCOPY web/package.json .\nEXPOSE 3000',
      'go.mod': '',
      'go.sum': '',
      'api/main.go': '',
      'web/package.json': '{}',
    });
    expect(found.app.images.map(({ name, context, file }) => [name, context, file])).toEqual([
      ['shop-api', '.', 'docker/api.Dockerfile'],
      ['shop-web', '.', 'docker/web.Dockerfile'],
    ]);
    expect(found.app.front).toBe('web');
  });

  test('none at all is refused, with what to do', async () => {
    expect(await failure(async () => plan({ 'README.md': '', 'Dockerfile.dev': NODE }))).toMatchObject({
      reason: 'configuration',
      message: 'There is no Dockerfile to deploy: those that there are look like helpers (Dockerfile.dev)',
    });
  });

  test('flags say what is not found', () => {
    const found = plan(
      { 'Dockerfile.dev': 'FROM x' },
      { images: [{ name: 'api', context: '.', file: 'Dockerfile.dev' }], port: 9000, host: 'a.example.com', issuer: 'le' },
    );
    expect(found.app.workloads[0]).toMatchObject({ name: 'api', port: 9000 });
    expect(parse(fileOf(found, 'chart/values.yaml')).ingress).toMatchObject({
      host: 'a.example.com',
      clusterIssuer: 'le',
      tlsSecret: 'shop-tls',
    });
  });
});

describe('registries and clusters', () => {
  const one: Files = { Dockerfile: NODE };
  test('ghcr.io: the token of the job pushes, and the cluster has a Secret of its own', () => {
    const { build, deploy, permissions } = deployOf(plan(one));
    expect(permissions).toEqual({ contents: 'read', packages: 'write' });
    expect(build).toEqual({ registry: 'ghcr.io/acme', images: 'shop: .\n' });
    expect(deploy['image-pull-secrets']).toBe('ghcr');
  });

  test('DigitalOcean: one token for all of it, and the account alone', () => {
    const found = plan(one, { registry: 'registry.digitalocean.com/acme', cluster: 'production' });
    const { build, deploy, permissions } = deployOf(found);
    expect(permissions).toEqual({ contents: 'read' });
    expect(build['digitalocean-token']).toContain('DIGITALOCEAN_ACCESS_TOKEN');
    expect(deploy).toMatchObject({ cluster: 'production', 'service-account': 'shop/deployer' });
    expect(deploy.kubeconfig).toBeUndefined();
    expect(JSON.stringify(found.steps)).not.toContain('KUBECONFIG');
  });

  test('any other: a login of the repository', () => {
    const { build } = deployOf(plan(one, { registry: 'registry.example.com/acme' }, { remote: undefined }));
    expect(Object.keys(build)).toEqual(['registry', 'username', 'password', 'images']);
  });

  test('no GitHub and no registry: it has to be said', async () => {
    expect(await failure(async () => plan(one, {}, { remote: 'https://gitlab.com/a/b' }))).toMatchObject({
      hint: 'Give it: --registry registry.example.com/acme',
    });
  });
});

test('the doctor is told by flags what another workflow of the same name cannot tell it', () => {
  const doctor = (files: Files) =>
    plan(files).steps.flatMap(({ commands }) => commands.find((command) => command.includes('doctor')) ?? []);
  expect(doctor({ Dockerfile: NODE })).toEqual(['todo-deploy doctor --service-account shop/deployer']);
  expect(doctor({ Dockerfile: NODE, '.github/workflows/deploy.yml': 'name: mine' })).toEqual([
    'todo-deploy doctor --chart chart --release shop --registry ghcr.io/acme --service-account shop/deployer',
  ]);
});

test('a second time, what was written is read as what it was made from', () => {
  const first = plan(SHOP, { host: 'shop.example.com' });
  const written = Object.fromEntries(first.files.map(({ path, content }) => [path, content]));
  expect(plan({ ...SHOP, ...written }, { host: 'shop.example.com' }).files).toEqual(first.files);
});
