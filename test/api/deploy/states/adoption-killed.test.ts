import { afterEach, expect, jest, test } from '@jest/globals';
import { App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { HELM4, revisions, served, upgrade } from '../../support/plain.ts';
import { PlainWitness } from '../../support/plain-witness.ts';
import { expectWayOut } from '../../support/way-out.ts';

/** `npm run proof` tries every write; else one in so many is the last of a run, the first one chosen at random. */
const PROOF = process.env.PROOF_SEEDS !== undefined;
const STEP = PROOF ? 1 : 12;
const FIRST = PROOF ? 1 : 1 + Math.floor(Math.random() * STEP);
jest.setTimeout(PROOF ? 3_600_000 : 240_000);

const FULL = { autoscaling: { enabled: true, minReplicas: 1 }, adoption: { greeting: 'hello' } };
const LATER = { autoscaling: { enabled: true, minReplicas: 1 }, adoption: { greeting: 'good morning', added: 'extra' } };

let app: App;
let witness: PlainWitness;
afterEach(async () => {
  await witness.stop();
  await app.remove();
});

const deploy = (version: string, write?: number) =>
  app.deploy(version, write === undefined ? undefined : { kind: 'kill', write }, { values: app.values(version, LATER) });

const names = async () => (await app.kubernetes.list(DEPLOYMENT)).items.map(({ metadata }) => metadata.name).sort();

/** As it was before any run of ours. */
async function expectUntouched(): Promise<void> {
  await served(app, 'v1-good');
  expect(await names()).toEqual([`${RELEASE}-web`, `${RELEASE}-worker`]);
  expect((await app.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-worker` }))?.spec?.replicas).toBe(2);
  expect(await revisions(app)).toEqual(['1 deployed']);
  expect((await app.selector())?.['pod-template-hash']).toBeUndefined();
}

test('killed at any write: users are served throughout, and the next run finishes it or gives the app back', async () => {
  app = await App.create('killed');
  await upgrade(app, HELM4, 'v1-good', FULL);
  witness = new PlainWitness(app);
  witness.start();
  let finished = false;
  for (let write = FIRST; !finished; write += STEP) {
    const { outcome, written } = await deploy('v2-good', write);
    // Whatever was there to be written was written: the run came to its end.
    if (outcome !== 'killed') break;
    await app.letLeaseExpire();
    const next = await deploy('v3-sick');
    const words = `killed at write ${write}: ${written.at(-1)}`;
    if (next.outcome === 'killed') throw new Error(words);
    finished = next.outcome.version === 'v2-good';
    if (finished) continue;
    expect([words, next.outcome.status]).toEqual([words, 'rolled-back']);
    await expectUntouched().catch((error: unknown) => {
      throw new Error(`${words}\n${next.log.join('\n')}`, { cause: error });
    });
  }
  expect(await names()).toEqual(expect.arrayContaining([`${RELEASE}-web-blue`]));
  expect(await names()).not.toContain(`${RELEASE}-web`);
  expect(await witness.stop()).toEqual([]);
  await expectWayOut(app, 'v4-good');
});

test('a way back to plain Helm that is killed at any write: users are served throughout, and the next run goes on', async () => {
  app = await App.create('killed');
  await upgrade(app, HELM4, 'v1-good', FULL);
  await deploy('v2-good');
  witness = new PlainWitness(app);
  witness.start();
  for (let write = FIRST; ; write += STEP) {
    const { outcome, written } = await app.toPlain({ kind: 'kill', write });
    if (outcome !== 'killed') break;
    await app.letLeaseExpire();
    const words = `killed at write ${write}: ${written.at(-1)}`;
    const next = await deploy('v3-sick');
    if (next.outcome === 'killed') throw new Error(words);
    const plain = next.outcome.version === 'Helm revision 1';
    expect([words, plain ? 'plain' : next.outcome.version]).toEqual([words, plain ? 'plain' : 'v2-good']);
    if (!plain) continue;
    await expectUntouched().catch((error: unknown) => {
      throw new Error(`${words}\n${next.log.join('\n')}`, { cause: error });
    });
    await deploy('v2-good');
  }
  await expectUntouched();
  expect(await witness.stop()).toEqual([]);
  await expectWayOut(app, 'v4-good');
});
