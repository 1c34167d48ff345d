import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { environment, runner } from '../../support/api.ts';
import { App, RELEASE } from '../../support/app.ts';
import { meanwhile } from '../../support/hands.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';
import type { Fault } from '../../support/wire.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(240_000);

let app: App;
let kubectl: Kubectl;
beforeEach(async () => {
  app = await App.create('services-removed');
  kubectl = new Kubectl(app);
});
afterEach(() => app.remove());

const OLD = `${RELEASE}-old`;
const NEW = `${RELEASE}-new`;
/** A version beside whose Service others lead to the same pods. */
const deploy = (version: string, services: readonly string[], fault?: Fault) =>
  app.deploy(version, fault, { values: app.values(version, { state: { services } }) });
const uninstall = (release: string) =>
  runner.run({ command: ['helm', 'uninstall', release, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });

describe.each(['fail', 'kill'] as const)('a version renames a Service, and its end meets %s at the removal', (kind) => {
  beforeEach(async () => {
    await deploy('v1-good', ['old']);
    const { written } = await deploy('v2-good', ['new'], { kind, since: 'finish', write: kind === 'fail' ? 2 : 1 });
    expect(written.at(-1)).toMatch(/^(delete Service small-old|replace Secret .*journal)$/);
    await app.letLeaseExpire();
  });

  test('the next run finishes it', async () => {
    const { outcome, log } = await deploy('v2-good', ['new']);
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v2-good' });
    expect(log.join('\n')).toContain('Finished the deploy of v2-good');
    expect(await kubectl.served()).toMatchObject({ color: 'green', versions: ['v2-good'], active: 'green' });
    expect([await kubectl.leads(OLD), await kubectl.leads(NEW)]).toEqual(['gone', 'green']);
    await expectWayOut(app, 'v3-good');
  });

  test('a rollback finishes it, and has the Service back', async () => {
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect([await kubectl.leads(OLD), await kubectl.leads(NEW)]).toEqual(['blue', 'gone']);
    await expectWayOut(app, 'v3-good');
  });
});

describe('helm uninstall of what both colors share, while a version is watched under traffic', () => {
  test('the run leads users back to the version before, by the record of its color; the next one has all of it there', async () => {
    await deploy('v1-good', []);
    const running = () => app.deploy('v2-good', undefined, { bakeMs: 3_000 });
    const { outcome, log } = await meanwhile(app, running, 'bake', () => uninstall(RELEASE));
    expect([outcome, log.join('\n')]).toMatchObject([{ status: 'rolled-back', version: 'v1-good' }, expect.stringContaining('made again')]);
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('and the run is killed: the next one leads users back, and serves', async () => {
    await deploy('v1-good', []);
    await deploy('v2-good', [], { kind: 'kill', since: 'bake', write: 1 });
    await uninstall(RELEASE);
    await expectWayOut(app, 'v3-good');
  });

  test('of all three releases: the next run says what it cannot have back, and serves', async () => {
    await deploy('v1-good', []);
    await deploy('v2-good', [], { kind: 'kill', since: 'bake', write: 1 });
    for (const release of [RELEASE, `${RELEASE}-blue`, `${RELEASE}-green`]) await uninstall(release);
    await app.letLeaseExpire();
    expect((await deploy('v3-good', [])).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    await app.deploy('v4-good');
    await expectWayOut(app, 'v5-good');
  });
});
