import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PERSISTENT_VOLUME_CLAIM } from '../../../../src/deploy/kube/names.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { App, type Ended } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { HELM4, upgrade } from '../../support/plain.ts';
import { versionOf } from '../../support/pods.ts';
import { playJobsAndClaims } from '../../support/storage-and-jobs.ts';

jest.setTimeout(240_000);

let app: App;
let stop: () => Promise<void>;
beforeEach(async () => {
  app = await App.create('and-back');
  stop = playJobsAndClaims(app.kubernetes);
});
afterEach(async () => {
  await stop();
  await app.remove();
});

const CLAIM = {
  ...PERSISTENT_VOLUME_CLAIM,
  metadata: { name: 'small-data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
const IN_PLACE = { claim: 'small-data', base: [CLAIM] };
const deploy = (version: string, chart: object = {}): Promise<Ended> =>
  app.deploy(version, undefined, { values: app.values(version, { ...chart }) });
const served = async () => ({
  versions: [...new Set((await app.serving()).map(versionOf))],
  color: (await app.selector())?.[COLOR_LABEL],
});
const plainOne = () => app.kubernetes.get({ ...DEPLOYMENT, name: 'small-web' });

describe('an app that had two colors', () => {
  beforeEach(async () => {
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
  });

  test('is updated in place from now on, has two again, and goes back by hand to each', async () => {
    expect((await deploy('v2-good', IN_PLACE)).outcome).toMatchObject({ status: 'deployed', inPlace: true, previousColor: 'blue' });
    expect(await served()).toEqual({ versions: ['v2-good'], color: undefined });
    expect(await app.replicas('blue')).toBe(0);

    const third = await deploy('v3-good');
    expect(third.outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', previousVersion: 'v2-good' });
    expect(await served()).toEqual({ versions: ['v3-good'], color: 'blue' });
    expect(await plainOne()).toBeUndefined();

    expect((await app.rollback('v2-good')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good', inPlace: true });
    expect(await served()).toEqual({ versions: ['v2-good'], color: undefined });
    expect((await app.rollback('v1-good')).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(await served()).toMatchObject({ versions: ['v1-good'] });
  });

  test.each(['v2-crashes', 'v2-sick', 'v2-late'])('%s in place: users are on the color before', async (version) => {
    expect((await deploy(version, IN_PLACE)).outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', activeColor: 'blue' });
    expect(await served()).toEqual({ versions: ['v1-good'], color: 'blue' });
    expect(await plainOne()).toBeUndefined();
  });
});

test.each(['v2-crashes', 'v2-sick', 'v2-late'])('%s with two colors, after one in place: that serves as before', async (version) => {
  await deploy('v1-good', IN_PLACE);
  expect((await deploy(version)).outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', inPlace: true });
  expect(await served()).toEqual({ versions: ['v1-good'], color: undefined });
  expect((await deploy('v3-good', IN_PLACE)).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
});

describe('beside a color, in one app', () => {
  /** `small-api` in place (its image is a version's own), `small-web` with two colors. */
  const api = (version: string) => ({
    ...DEPLOYMENT,
    metadata: { name: 'small-api' },
    spec: {
      selector: { matchLabels: { app: 'api' } },
      template: {
        metadata: { labels: { app: 'api' } },
        spec: {
          containers: [{ name: 'api', image: `registry.example/app:${version}` }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'small-data' } }],
        },
      },
    },
  });
  const both = (web: string, own: string) => deploy(web, { base: [CLAIM, api(own)] });
  const image = async () =>
    (await app.kubernetes.get({ ...DEPLOYMENT, name: 'small-api' }))?.spec?.template.spec?.containers[0]?.image?.split(':').at(-1);

  test('what is in place is updated with it, fails with it, and goes back with it', async () => {
    const { outcome, log } = await both('v1-good', 'a1-good');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', report: { inPlace: [{ object: 'Deployment/small-api' }] } });
    expect(log).toContainEqual(expect.stringMatching(/^In place, not blue-green: Deployment\/small-api: mounts the claim small-data/));

    expect((await both('v2-good', 'a2-crashes')).outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: 'bad-command',
      version: 'v1-good',
    });
    expect([await image(), await served()]).toEqual(['a1-good', { versions: ['v1-good'], color: 'blue' }]);

    expect((await both('v2-late', 'a2-good')).outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: 'smoke-failed',
      version: 'v1-good',
    });
    expect([await image(), await served()]).toEqual(['a1-good', { versions: ['v1-good'], color: 'blue' }]);

    expect((await both('v2-good', 'a2-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    expect([await image(), await served()]).toEqual(['a2-good', { versions: ['v2-good'], color: 'green' }]);
  });
});

describe('an app that plain Helm runs, and that cannot have two colors', () => {
  beforeEach(() => upgrade(app, HELM4, 'v1-good', IN_PLACE));

  test('is taken over in place', async () => {
    expect((await deploy('v2-good', IN_PLACE)).outcome).toMatchObject({ status: 'deployed', version: 'v2-good', inPlace: true });
    expect(await served()).toEqual({ versions: ['v2-good'], color: undefined });
    expect((await deploy('v3-crashes', IN_PLACE)).outcome).toMatchObject({ status: 'rolled-back', version: 'v2-good' });
    expect((await app.toPlain()).outcome).toMatchObject({ status: 'deployed' });
    expect(await served()).toEqual({ versions: ['v1-good'], color: undefined });
    await upgrade(app, HELM4, 'v4-good', IN_PLACE);
  });

  test.each(['v2-crashes', 'v2-late'])('%s: it is plain Helm’s as before', async (version) => {
    const { outcome } = await deploy(version, IN_PLACE);
    expect(outcome).toMatchObject({ status: 'rolled-back', rolledBack: true });
    expect(await served()).toEqual({ versions: ['v1-good'], color: undefined });
    await upgrade(app, HELM4, 'v3-good', IN_PLACE);
  });
});
