import { expect, jest, test } from '@jest/globals';
import { App, RELEASE } from '../../support/app.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

/** The first writes of a run since it recorded a phase: the record itself, and in a switch the Service. */
const WRITES = [
  ['base', 1],
  ['color', 1],
  ['smoke', 2],
  ['switch', 1],
  ['switch', 2],
  ['bake', 1],
  ['finish', 1],
] as const;

test('the answer to a write of the journal, or of a selector, is lost: the run reads again, and the version serves', async () => {
  const app = await App.create('lost');
  try {
    await app.deploy('v0-good');
    for (const [index, [since, write]] of WRITES.entries()) {
      const version = `v${index + 1}-good`;
      const { outcome, written } = await app.deploy(version, { kind: 'lose', since, write });
      expect([since, outcome]).toMatchObject([since, { status: 'deployed', version }]);
      expect(written.filter((line) => line.includes(`Service ${RELEASE}-web`) || line.includes('Secret')).length).toBeGreaterThan(0);
    }
    await expectWayOut(app, 'v9-good');
  } finally {
    await app.remove();
  }
});
