import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../../../cluster/wait.ts';
import { NAMESPACE } from '../../../../src/deploy/kube/names.ts';
import { GATEWAY, type Gateway, type Listener } from '../../../../src/interfaces/gateway.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import { access } from '../../support/api.ts';
import { App } from '../../support/app.ts';
import { GatewayController, installGatewayApi } from '../../support/gateway-controller.ts';
import { versionOf } from '../../support/pods.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
/** Of infrastructure's people: the Gateway is not of the app's namespace. */
const INFRA = `infra-${randomUUID().slice(0, 8)}`;
const CLASS = `edge-${INFRA}`;
let app: App;
let controller: GatewayController;
let infra: KubernetesClient;

beforeAll(async () => {
  infra = new KubernetesClient(access, { namespace: INFRA });
  await installGatewayApi(infra);
  await infra.create({ ...NAMESPACE, metadata: { name: INFRA } });
  await infra.create({ apiVersion, kind: 'GatewayClass', metadata: { name: CLASS }, spec: { controllerName: 'example.com/edge' } });
});
afterAll(() => infra.close());
beforeEach(async () => {
  app = await App.create('gateways');
  controller = new GatewayController(app.kubernetes);
  controller.start();
});
afterEach(async () => {
  await controller.stop();
  await app.remove();
  await infra.delete({ ...GATEWAY, name: 'shared' });
});

const shareGateway = (listener: Partial<Listener> = {}, gatewayClassName = CLASS) =>
  infra.create<Gateway>({
    ...GATEWAY,
    metadata: { name: 'shared', namespace: INFRA },
    spec: {
      gatewayClassName,
      listeners: [{ name: 'web', protocol: 'HTTP', port: 8080, allowedRoutes: { namespaces: { from: 'All' } }, ...listener }],
    },
  });

/** Requests of `small.example.test` to the app's Service, `more` over that. */
const route = (more: { kind?: string; host?: string; backend?: object; name?: string } = {}) => ({
  apiVersion,
  kind: more.kind ?? 'HTTPRoute',
  metadata: { name: more.name ?? 'small' },
  spec: {
    parentRefs: [{ name: 'shared', namespace: INFRA }],
    hostnames: [more.host ?? 'small.example.test'],
    rules: [{ backendRefs: [more.backend ?? { name: 'small-web', port: 80 }] }],
  },
});
const deploy = (version: string, base: object[]) => app.deploy(version, undefined, { values: app.values(version, { base }) });
const liveRoute = async () => {
  const found = await app.kubernetes.get({ apiVersion, kind: 'HTTPRoute', name: 'small' });
  return (found?.spec as { hostnames?: string[] } | undefined)?.hostnames;
};

describe('a route to a Gateway of another namespace is the front door', () => {
  test("its URL is the listener's, and users go from version to version behind it", async () => {
    await shareGateway();
    for (const version of ['v1-good', 'v2-good']) {
      const { outcome, log } = await deploy(version, [route()]);
      expect(outcome).toMatchObject({ status: 'deployed', version, url: 'http://small.example.test:8080' });
      expect(log.filter((line) => /Unknown whether/.test(line))).toEqual([]);
    }
    expect((await app.serving()).map(versionOf)).toEqual(['v2-good']);
  });

  test('a GRPCRoute: no check goes in by it, and that is said', async () => {
    await shareGateway();
    const { outcome } = await deploy('v1-good', [route({ kind: 'GRPCRoute' })]);
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', url: undefined });
    expect(outcome).toMatchObject({
      report: { notes: expect.arrayContaining([expect.stringMatching(/^GRPCRoute\/small: no check goes in by it/)]) },
    });
  });
});

describe('what is known before anything is touched', () => {
  test.each<[string, () => Promise<unknown>, object, string, RegExp]>([
    [
      'no Gateway',
      async () => undefined,
      {},
      'gateway-missing',
      /^HTTPRoute\/small: leads users in by Gateway infra-\S+\/shared, which does not exist$/,
    ],
    [
      'no class',
      () => shareGateway({}, 'nobody-has-it'),
      {},
      'gateway-missing',
      /is of the GatewayClass nobody-has-it, which does not exist/,
    ],
    [
      'another namespace',
      () => shareGateway({ allowedRoutes: { namespaces: { from: 'Same' } } }),
      {},
      'route-not-accepted',
      /\(NotAllowedByListeners\)$/,
    ],
    [
      'labels that the namespace lacks',
      () => shareGateway({ allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'other' } } } } }),
      {},
      'route-not-accepted',
      /\(NotAllowedByListeners\)$/,
    ],
    ['another host', () => shareGateway({ hostname: '*.example.com' }), {}, 'route-not-accepted', /\(NoMatchingListenerHostname\)$/],
    [
      'a Service that is not there',
      () => shareGateway(),
      { backend: { name: 'gone', port: 80 } },
      'route-unresolved',
      /leads to Service gone,/,
    ],
    [
      'a port that is not there',
      () => shareGateway(),
      { backend: { name: 'small-web', port: 81 } },
      'route-unresolved',
      /leads to port 81 of Service small-web, which has 80$/,
    ],
  ])('%s', async (_, prepare, more, failureReason, message) => {
    await prepare();
    const { outcome, written } = await deploy('v1-good', [route(more)]);
    expect(outcome).toMatchObject({
      status: 'failed',
      failureReason,
      error: { message: expect.stringMatching(message), hint: expect.any(String) },
    });
    expect(written).toEqual([]);
  });

  test('a rollback is not held up by a Gateway that has gone', async () => {
    await shareGateway();
    await deploy('v1-good', [route()]);
    await deploy('v2-good', [route()]);
    await infra.delete({ ...GATEWAY, name: 'shared' });
    const { outcome } = await app.rollback('v1-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(outcome).toMatchObject({
      report: {
        warnings: expect.arrayContaining([
          expect.objectContaining({ object: 'HTTPRoute/small', message: expect.stringContaining('which does not exist') }),
        ]),
      },
    });
  });
});

describe('what only the controller knows', () => {
  test('a new route that it refuses: red with its words before any color comes up, and the next deploy serves', async () => {
    await shareGateway();
    controller.judge = () => ({ accepted: 'UnsupportedValue', resolved: 'ResolvedRefs' });
    const { outcome, story } = await deploy('v1-good', [route()]);
    expect(outcome).toMatchObject({
      status: 'failed',
      failureReason: 'route-not-accepted',
      error: { message: `HTTPRoute/small: Gateway ${INFRA}/shared does not take it (UnsupportedValue: played: UnsupportedValue)` },
      report: {
        failure: {
          step: 'base',
          evidence: [{ title: 'Status of HTTPRoute/small', text: expect.stringContaining('Accepted=False UnsupportedValue') }],
        },
      },
    });
    expect(story.join('\n')).not.toMatch(/small-blue/);
    controller.judge = () => ({ accepted: 'Accepted', resolved: 'ResolvedRefs' });
    expect((await deploy('v2-good', [route()])).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  });

  test('a refusal that does not last, since it has not seen all yet, is none', async () => {
    await shareGateway();
    let seenAll: Promise<void> | undefined;
    controller.judge = () => {
      seenAll ??= new Promise<void>((resolve) => setTimeout(resolve, 1_500)).then(() => {
        controller.judge = () => ({ accepted: 'Accepted', resolved: 'ResolvedRefs' });
        return controller.again();
      });
      return { accepted: 'NoMatchingParent', resolved: 'ResolvedRefs' };
    };
    expect((await deploy('v1-good', [route()])).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    await seenAll;
  });

  test('a changed route whose Services it may not name: users and route are back', async () => {
    await shareGateway();
    await deploy('v1-good', [route()]);
    controller.judge = ({ spec }) => ({
      accepted: 'Accepted',
      resolved: spec?.hostnames?.[0] === 'next.example.test' ? 'RefNotPermitted' : 'ResolvedRefs',
    });
    const { outcome } = await deploy('v2-good', [route({ host: 'next.example.test' })]);
    expect(outcome).toMatchObject({
      status: 'rolled-back',
      version: 'v1-good',
      failureReason: 'route-unresolved',
      error: {
        message: expect.stringContaining('(RefNotPermitted: played: RefNotPermitted)'),
        hint: expect.stringContaining('ReferenceGrant'),
      },
      report: { failure: { step: 'switch' } },
    });
    expect(await liveRoute()).toEqual(['small.example.test']);
    expect((await app.serving()).map(versionOf)).toEqual(['v1-good']);
  });

  test("a route that was refused before, and is as it was, is in nobody's way", async () => {
    await shareGateway();
    await deploy('v1-good', [route()]);
    controller.judge = () => ({ accepted: 'Pending', resolved: 'ResolvedRefs' });
    await app.kubernetes.patch(
      { apiVersion, kind: 'HTTPRoute', name: 'small' },
      { metadata: { labels: { seen: 'again' } } },
      { type: 'merge' },
    );
    await until(
      'the refusal',
      10_000,
      async () =>
        JSON.stringify(await app.kubernetes.get({ apiVersion, kind: 'HTTPRoute', name: 'small' })).includes('Pending') || undefined,
    );
    const { outcome } = await deploy('v2-good', [route()]);
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(outcome).toMatchObject({
      report: {
        warnings: expect.arrayContaining([
          expect.objectContaining({ object: 'HTTPRoute/small', message: expect.stringContaining('(Pending: ') }),
        ]),
      },
    });
  });

  test('one that says nothing: unknown is said as unknown', async () => {
    await shareGateway();
    controller.judge = () => undefined;
    const { outcome } = await deploy('v1-good', [route()]);
    expect(outcome).toMatchObject({
      status: 'deployed',
      report: { notes: expect.arrayContaining([expect.stringMatching(/^Unknown whether users are led in by HTTPRoute\/small/)]) },
    });
  });
});
