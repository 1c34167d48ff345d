import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SECRET } from '../../../../src/deploy/kube/names.ts';
import { App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { markOf, withHelmFault } from '../../support/helm-fault.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
beforeEach(async () => {
  app = await App.create('releases');
  kubectl = new Kubectl(app);
});
afterEach(() => app.remove());

const statusOf = async (release: string) =>
  (await app.kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release}` })).items
    .sort((a, b) => Number(a.metadata.labels?.version) - Number(b.metadata.labels?.version))
    .map(({ metadata }) => metadata.labels?.status);
const WEB = /\/deployments\/small-web-(blue|green)$/;

describe('what Helm left of a color that was to be removed', () => {
  beforeEach(async () => {
    expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
  });

  test('one object could not be deleted: the version serves, and the next run completes it', async () => {
    const { outcome, log } = await withHelmFault(app, [['DELETE', WEB]], () => app.deploy('v2-good', undefined, { keepOld: 'remove' }));
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(log.join('\n')).toContain('the cleanup did not finish');
    expect(await statusOf(`${RELEASE}-blue`)).toEqual(['uninstalling']);
    await app.deploy('v9-sick');
    expect(await kubectl.served()).toMatchObject({ color: 'green', versions: ['v2-good'], active: 'green' });
    await expectWayOut(app, 'v3-good');
  });

  test('and users were put back on it by hand meanwhile: it is deployed over when its turn comes', async () => {
    await withHelmFault(app, [['DELETE', WEB]], () => app.deploy('v2-good', undefined, { keepOld: 'remove' }));
    await kubectl.toColor('blue');
    const log = (await app.deploy('v9-sick')).log.join('\n');
    expect(log).toContain('v1-good serves');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await app.deploy('v3-good');
    await expectWayOut(app, 'v4-good');
  });
});

describe('a first deploy fails, and Helm could not even record that', () => {
  test('of its color: the next deploy comes up', async () => {
    const lost = [['PATCH', WEB], markOf(`${RELEASE}-blue`)] as const;
    const { outcome } = await withHelmFault(app, lost, () => app.deploy('v1-good'));
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(await statusOf(`${RELEASE}-blue`)).toEqual(['pending-install']);
    const journal = await app.journal();
    expect([journal.inFlight, journal.history]).toEqual([undefined, []]);
    await expectWayOut(app, 'v2-good');
  });

  test('of its base: the next deploy comes up', async () => {
    const lost = [['PATCH', /\/services\/small-web$/], markOf(RELEASE)] as const;
    const { outcome } = await withHelmFault(app, lost, () => app.deploy('v1-good'));
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(await statusOf(RELEASE)).toEqual(['pending-install']);
    await expectWayOut(app, 'v2-good');
  });

  test('and its journal was deleted: the next deploy comes up', async () => {
    const lost = [['PATCH', WEB], markOf(`${RELEASE}-blue`)] as const;
    await withHelmFault(app, lost, () => app.deploy('v1-good'));
    await app.kubernetes.delete({ ...SECRET, name: `todo-deploy-${RELEASE}-journal` });
    await expectWayOut(app, 'v2-good');
    expect(await app.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-blue` })).toBeDefined();
  });
});
