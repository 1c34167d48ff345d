import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { POD, SERVICE, selects } from '../../../src/deploy/kube/names.ts';
import { JournalStore } from '../../../src/deploy/state/journal-store.ts';
import { COLOR_LABEL } from '../../../src/split/model.ts';
import { App, type Ended, RELEASE } from '../support/app.ts';
import { versionOf } from '../support/pods.ts';

/** Who serves an app, and what its journal says. */
async function seen(app: App, release: string = RELEASE) {
  const [service, { items }, { journal }] = await Promise.all([
    app.kubernetes.get({ ...SERVICE, name: `${release}-web` }),
    app.kubernetes.list(POD),
    JournalStore.open(app.kubernetes, release),
  ]);
  const selector = service?.spec?.selector;
  const pods = items.filter((pod) => selects(selector, pod.metadata.labels));
  return {
    color: selector?.[COLOR_LABEL],
    versions: [...new Set(pods.map(versionOf))],
    pods: pods.map(({ metadata }) => metadata.uid).toSorted(),
    history: journal.history.map(({ version }) => version),
    active: journal.active,
  };
}

const status = ({ outcome }: Ended): string => (outcome === 'killed' ? outcome : outcome.status);

describe('two apps of one chart in one namespace', () => {
  const OTHER = 'other';
  let app: App;
  beforeAll(async () => {
    app = await App.create('neighbours');
  });
  afterAll(() => app.remove());

  const deployOther = (version: string): Promise<Ended> => app.deploy(version, undefined, { release: OTHER, smoke: [] });

  test('are deployed at the same time', async () => {
    const ended = await Promise.all([app.deploy('v1-good'), deployOther('v7-good')]);
    expect(ended.map(status)).toEqual(['deployed', 'deployed']);
    expect(await seen(app)).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue', history: ['v1-good'] });
    expect(await seen(app, OTHER)).toMatchObject({ color: 'blue', versions: ['v7-good'], active: 'blue', history: ['v7-good'] });
  });

  test.each([
    ['a good release', () => deployOther('v8-good'), 'deployed', 'v8-good', 'green'],
    ['one that fails', () => deployOther('v9-crashes'), 'rolled-back', 'v8-good', 'green'],
    ['a rollback', () => app.rollback('previous', undefined, { release: OTHER }), 'deployed', 'v7-good', 'blue'],
  ])('%s of one leaves the other as it was, pod by pod', async (_, run, expected, version, color) => {
    const before = await seen(app);
    const ended = await run();
    expect(status(ended)).toBe(expected);
    expect(await seen(app, OTHER)).toMatchObject({ color, versions: [version], active: color });
    expect(await seen(app)).toEqual(before);
    expect(ended.written.length).toBeGreaterThan(0);
    expect(ended.written.filter((write) => write.includes(`${RELEASE}-web`))).toEqual([]);
  });

  test('the removal of one leaves the other as it was', async () => {
    const before = await seen(app, OTHER);
    const { outcome } = await app.takeAway();
    expect(outcome).toMatchObject({ status: 'removed' });
    expect(await seen(app)).toMatchObject({ color: undefined, history: [] });
    expect(await seen(app, OTHER)).toEqual(before);
  });
});

describe('one app in two namespaces', () => {
  let apps: [App, App];
  beforeAll(async () => {
    apps = await Promise.all([App.create('first'), App.create('second')]);
  });
  afterAll(() => Promise.all(apps.map((app) => app.remove())));

  test('is deployed to both at the same time, each with a version of its own', async () => {
    const [first, second] = apps;
    expect((await Promise.all([first.deploy('v1-good'), second.deploy('v2-good')])).map(status)).toEqual(['deployed', 'deployed']);
    expect(await seen(first)).toMatchObject({ color: 'blue', versions: ['v1-good'], history: ['v1-good'] });
    expect(await seen(second)).toMatchObject({ color: 'blue', versions: ['v2-good'], history: ['v2-good'] });
  });

  test('a release, a failure and a rollback in one leave the other as it was', async () => {
    const [first, second] = apps;
    const before = await seen(second);
    expect(status(await first.deploy('v3-good'))).toBe('deployed');
    expect(status(await first.deploy('v4-crashes'))).toBe('rolled-back');
    expect(status(await first.rollback('previous'))).toBe('deployed');
    expect(await seen(first)).toMatchObject({ color: 'blue', versions: ['v1-good'] });
    expect(await seen(second)).toEqual(before);
  });
});
