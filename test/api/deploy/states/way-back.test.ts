import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SECRET } from '../../../../src/deploy/kube/names.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
beforeEach(async () => {
  app = await App.create('way-back');
  kubectl = new Kubectl(app);
});
afterEach(() => app.remove());

const onV1 = { color: 'blue', versions: ['v1-good'], active: 'blue', history: ['v1-good'] };
const deployV1 = async () => expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });

/** What a run did between the Service's way back and the end of the color that users left: its waits. */
function waitsBeforeStop({ story }: Ended): number[] {
  const stopped = story.indexOf(`patch Deployment ${RELEASE}-web-green`);
  const back = story.slice(0, stopped).lastIndexOf(`apply Service ${RELEASE}-web`);
  expect([back > 0, stopped > back]).toEqual([true, true]);
  return story.slice(back, stopped).flatMap((line) => (line.startsWith('sleep ') ? [Number(line.slice(6))] : []));
}

describe('the color that users leave is stopped', () => {
  test('when every node has followed and connections have drained, where its version failed', async () => {
    await deployV1();
    const ended = await app.deploy('v2-late', undefined, { drainMs: 2_700 });
    expect(ended.outcome).toMatchObject({ status: 'rolled-back' });
    const waits = waitsBeforeStop(ended);
    expect(waits).toEqual(expect.arrayContaining([2_000, 2_700]));
    expect(await kubectl.served()).toEqual(onV1);
    await expectWayOut(app, 'v3-good');
  });

  test('so, too, where its run was killed: the next one waits as long', async () => {
    await deployV1();
    await app.deploy('v2-good', { kind: 'kill', since: 'bake', write: 1 }, { drainMs: 2_700 });
    await app.letLeaseExpire();
    const waits = waitsBeforeStop(await app.deploy('v9-crashes'));
    expect(waits).toEqual(expect.arrayContaining([2_000, 2_700]));
    expect(await kubectl.served()).toEqual(onV1);
    await expectWayOut(app, 'v3-good');
  });

  test('so, too, where its run was killed while it stopped it', async () => {
    await deployV1();
    await app.deploy('v2-late', { kind: 'kill', since: 'take-back', write: 1 }, { drainMs: 2_700 });
    await app.letLeaseExpire();
    const { story } = await app.deploy('v9-crashes');
    const stopped = story.indexOf(`patch Deployment ${RELEASE}-web-green`);
    expect(story.slice(0, stopped)).toContain('sleep 2700');
    expect(await kubectl.served()).toEqual(onV1);
    await expectWayOut(app, 'v3-good');
  });
});

test('a first deploy that failed its bake, killed on its way back: no user is led to it', async () => {
  await app.deploy('v1-late', { kind: 'kill', since: 'switch-back', write: 1 });
  await app.letLeaseExpire();
  await app.deploy('v2-crashes');
  expect(await kubectl.served()).toEqual({ color: 'none', versions: [], active: undefined, history: [] });
  await expectWayOut(app, 'v3-good');
});

describe('the version before cannot come back: it was deleted, and its records too', () => {
  const lose = async () => {
    await app.letLeaseExpire();
    await kubectl.deleteDeployment('blue');
    const { items } = await app.kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${RELEASE}-blue` });
    for (const { metadata } of items) await app.kubernetes.delete({ ...SECRET, name: metadata.name });
  };

  test('the one that passed, and was killed in its bake, serves from then on, and is history', async () => {
    await deployV1();
    await app.deploy('v2-good', { kind: 'kill', since: 'bake', write: 1 });
    await lose();
    const { log } = await app.deploy('v9-sick');
    expect(log.join('\n')).toContain('Kept the color green');
    expect(await kubectl.served()).toEqual({ color: 'green', versions: ['v2-good'], active: 'green', history: ['v2-good', 'v1-good'] });
    await expectWayOut(app, 'v3-good');
  });

  test('the one that failed serves nobody all the same, it is said, and the next deploy serves', async () => {
    await deployV1();
    await app.deploy('v2-late', { kind: 'kill', since: 'switch-back', write: 1 });
    await lose();
    const { log } = await app.deploy('v3-good');
    expect(log.join('\n')).toContain('Users are led to blue, which is not ready');
    expect((await kubectl.served()).versions).toEqual(['v3-good']);
    await expectWayOut(app, 'v4-good');
  });
});
