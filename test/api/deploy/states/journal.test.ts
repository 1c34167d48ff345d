import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { journalName, SECRET } from '../../../../src/deploy/kube/names.ts';
import { App, RELEASE } from '../../support/app.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
const JOURNAL = { ...SECRET, name: journalName(RELEASE) };
beforeEach(async () => {
  app = await App.create('journal');
  kubectl = new Kubectl(app);
  for (const version of ['v1-good', 'v2-sick', 'v2-good']) await app.deploy(version);
  expect(await kubectl.served()).toMatchObject({ versions: ['v2-good'], history: ['v2-good', 'v1-good'] });
});
afterEach(() => app.remove());

describe('the journal was deleted', () => {
  test('the next deploy builds it again from what Helm recorded, and goes on', async () => {
    await app.kubernetes.delete(JOURNAL);
    const { outcome, log } = await app.deploy('v3-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v3-good', previousVersion: 'v2-good', activeColor: 'blue' });
    expect(log.join('\n')).toContain(`The journal of "${RELEASE}" was gone`);
    // What failed never served.
    expect((await kubectl.served()).history).toEqual(['v3-good', 'v2-good', 'v1-good']);
    await expectWayOut(app, 'v4-good');
  });

  test('a rollback finds the version before', async () => {
    await app.kubernetes.delete(JOURNAL);
    const { outcome } = await app.rollback('previous');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', previousVersion: 'v2-good' });
    await expectWayOut(app, 'v4-good');
  });

  test('and a run was killed in its bake: users stay with what serves, and the next one is whole', async () => {
    await app.deploy('v3-good', { kind: 'kill', since: 'bake', write: 1 });
    await app.letLeaseExpire();
    await app.kubernetes.delete(JOURNAL);
    await app.deploy('v9-sick');
    expect((await kubectl.served()).versions).toEqual(['v3-good']);
    await expectWayOut(app, 'v4-good');
  });
});

test('the journal cannot be read: one line says so, with the command, and it works', async () => {
  await app.kubernetes.patch(JOURNAL, { data: { 'journal.json': 'e30=' } }, { type: 'merge' });
  const { outcome } = await app.deploy('v3-good');
  expect(outcome).toMatchObject({ status: 'failed', failureReason: 'state-unclear' });
  const hint = typeof outcome === 'object' ? outcome.error?.hint : '';
  expect(hint).toContain(`kubectl --namespace ${app.namespace} delete secret ${JOURNAL.name}`);
  await app.kubernetes.delete(JOURNAL);
  await expectWayOut(app, 'v3-good');
});
