import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../../src/init/read/dockerfile.ts';
import { checkedPath, routedPath } from '../../../../src/init/read/health.ts';
import { dnsName, inside, valueKey } from '../../../../src/init/read/names.ts';
import { portOf } from '../../../../src/init/read/port.ts';
import { githubRepository } from '../../../../src/init/read/remote.ts';
import { rightsFor } from '../../../../src/init/read/rights.ts';
import { runAs } from '../../../../src/init/read/user.ts';
import { checkoutOf } from '../checkout.ts';

const dockerfile = (text: string) => {
  const read = readDockerfile(text);
  if (!read) throw new Error('no stage');
  return read;
};

describe('the port', () => {
  const packageJson = (dependencies: object, start?: string) => ({ 'package.json': JSON.stringify({ dependencies, scripts: { start } }) });
  test.each<[string, Record<string, string>, number | undefined]>([
    ['FROM node\nEXPOSE 4000\nENV PORT=1', {}, 4000],
    ['FROM node\nENV PORT=4001', {}, 4001],
    ['FROM python\nCMD uvicorn app:app --host 0.0.0.0 --port 4002', {}, 4002],
    ['FROM python\nCMD ["gunicorn", "-b", "0.0.0.0:4003", "app"]', {}, 4003],
    ['FROM python\nCMD python manage.py runserver 0.0.0.0:4004', {}, 4004],
    ['FROM nginx:alpine', {}, 80],
    ['FROM nginxinc/nginx-unprivileged:1.29', {}, 8080],
    ['FROM node', packageJson({ next: '16.0.0' }), 3000],
    ['FROM node', packageJson({ next: '16.0.0' }, 'next start -p 3100'), 3100],
    ['FROM python', { 'requirements.txt': '# web\nFastAPI==0.120\n' }, 8000],
    ['FROM python', { 'requirements.txt': 'flask>=3' }, 5000],
    ['FROM python', { 'pyproject.toml': '[project]\ndependencies = ["django>=5"]' }, 8000],
    ['FROM golang', { 'go.mod': 'module x' }, undefined],
    ['FROM node', { 'package.json': 'not JSON' }, undefined],
  ])('%j', (text, files, port) => expect(portOf(dockerfile(text), '.', checkoutOf(files))?.port).toBe(port));
});

describe('the path of health checks', () => {
  test.each([
    ['CMD curl -f http://localhost:3000/ready || exit 1', '/ready'],
    ['wget -qO- http://127.0.0.1:3000/', '/'],
    ['CMD curl -f http://localhost/up', '/up'],
    ['CMD curl -f http://localhost:9000/metrics', undefined],
    ['CMD pg_isready', undefined],
    [undefined, undefined],
  ])('of a HEALTHCHECK: %j', (text, path) => expect(checkedPath(text, 3000)).toBe(path));

  test.each<[string, string, string | undefined]>([
    ['app/health/route.ts', '', '/health'],
    ['src/app/api/healthz/route.js', '', '/api/healthz'],
    ['pages/api/health.ts', '', '/api/health'],
    ['server.js', "app.get('/healthz', (_, answer) => answer.send('ok'))", '/healthz'],
    ['main.py', '@app.get("/health")\ndef health(): ...', '/health'],
    ['main.go', 'mux.HandleFunc("GET /livez", live)', '/livez'],
    // A router may have a prefix, and a test is not the program.
    ['routes.py', '@router.get("/health")', undefined],
    ['server.test.js', "app.get('/health')", undefined],
  ])('of the sources: %s', (path, text, found) => {
    expect(routedPath('web', checkoutOf({ [`web/${path}`]: text, 'other/main.py': '@app.get("/up")' }))?.path).toBe(found);
  });
});

describe('the user, as a number that Kubernetes can check', () => {
  test.each([
    ['FROM node\nUSER node', 1000, false],
    ['FROM a\nUSER 1234:5', 1234, false],
    ['FROM a\nRUN useradd -u 1500 app\nUSER app', 1500, false],
    ['FROM gcr.io/distroless/static\nUSER nonroot', 65_532, false],
    ['FROM nginx:1.29', 101, false],
    ['FROM python', 10_001, true],
    ['FROM python\nUSER root', 10_001, true],
    ['FROM python\nUSER somebody', 1000, true],
  ])('%j', (text, user, isGuess) => {
    const found = runAs(dockerfile(text));
    expect([found.user, found.doubt !== undefined]).toEqual([user, isGuess]);
  });
  test('what nginx writes to is writable', () => expect(runAs(dockerfile('FROM nginx')).writable).toEqual(['/var/cache/nginx', '/run']));
});

test.each([
  ['https://github.com/acme/shop.git', 'acme/shop'],
  ['https://token@github.com/acme/shop', 'acme/shop'],
  ['git@github.com:acme/my.shop.git', 'acme/my.shop'],
  ['ssh://git@github.com/acme/shop.git', 'acme/shop'],
  ['https://gitlab.com/acme/shop.git', undefined],
  ['/srv/git/shop.git', undefined],
  [undefined, undefined],
])('GitHub repository of %j', (url, name) => expect(githubRepository(url)).toBe(name));

describe('names', () => {
  test.each([
    ['My_Shop.App', 'my-shop-app'],
    ['---', ''],
    ['a'.repeat(60), 'a'.repeat(40)],
  ])('%j', (text, name) => expect(dnsName(text)).toBe(name));
  test.each([
    ['my-shop-2', 'myShop2'],
    ['no', 'appNo'],
    ['2048', 'app2048'],
    // The values have this key already.
    ['ingress', 'appIngress'],
  ])('a key of the values: %s', (name, key) => expect(valueKey(name)).toBe(key));
  test.each([
    [['a', '../b'], 'b'],
    [['.', './x/'], 'x'],
    [['a', '..'], '.'],
    [['a', '../../b'], undefined],
  ])('%j', (parts, path) => expect(inside(...parts)).toBe(path));
});

test("a chart's kinds, as rights in the namespace", () => {
  const rights = rightsFor([
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { apiVersion: '', kind: 'Ingress' },
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    { apiVersion: 'batch/v1', kind: 'CronJob' },
    { apiVersion: '', kind: 'HTTPRoute' },
    { apiVersion: 'v1', kind: 'Namespace' },
  ]);
  const of = (resource: string) => rights.filter((one) => one.resource === resource && !one.subresource).map(({ verb }) => verb);
  expect(of('deployments')).toEqual(expect.arrayContaining(['get', 'create', 'patch', 'delete']));
  expect(rights.find(({ resource }) => resource === 'ingresses')?.group).toBe('networking.k8s.io');
  expect(of('networkpolicies')).toEqual(['get', 'create', 'patch', 'delete']);
  expect(rights).toContainEqual({ verb: 'patch', group: 'batch', resource: 'cronjobs', subresource: 'status' });
  // A deploy waits for what the Gateways say of a route.
  expect(of('httproutes')).toEqual(['get', 'create', 'patch', 'delete', 'list', 'watch']);
  expect(of('grpcroutes')).toEqual([]);
  expect(of('namespaces')).toEqual([]);
});
