import { expect } from '@jest/globals';
import { hasTurn } from '../../support/sample.ts';
import type { App } from './app.ts';

/**
 * No state is a wall: the next deploy out of it serves, and the next rollback does too; then journal and cluster agree that nothing is left
 * over. `version` is one that has not been deployed yet. Of the rows of a run of all tests, a third go on to the rollback.
 */
export async function expectWayOut(app: App, version: string): Promise<void> {
  await app.letLeaseExpire();
  const deployed = await app.deploy(version);
  expect(deployed.outcome).toMatchObject({ status: 'deployed', version });
  const before = (await app.journal()).history[1];
  if (before && hasTurn(`a rollback after ${expect.getState().currentTestName}`, 3))
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: before.version });
  expect((await app.journal()).inFlight).toBeUndefined();
}
