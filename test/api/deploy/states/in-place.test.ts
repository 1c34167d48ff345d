import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { DeployOptions } from '../../../../src/deploy/index.ts';
import { PERSISTENT_VOLUME_CLAIM, POD, SERVICE } from '../../../../src/deploy/kube/names.ts';
import { readStatus } from '../../../../src/deploy/status/index.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { readManifests } from '../../../../src/split/index.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { recordedManifest } from '../../../../src/tools/helm/recorded.ts';
import { App, type Ended } from '../../support/app.ts';
import { versionOf } from '../../support/pods.ts';
import { playJobsAndClaims } from '../../support/storage-and-jobs.ts';

jest.setTimeout(180_000);

const CLAIM = {
  ...PERSISTENT_VOLUME_CLAIM,
  metadata: { name: 'small-data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
/** Charts of an app that cannot have two colors. */
const CHARTS = {
  'a StatefulSet': { kind: 'StatefulSet', replicas: 2 },
  'a claim of one node': { claim: 'small-data', base: [CLAIM] },
} as const;

describe.each(Object.entries(CHARTS))('an app in place: %s', (name, chart) => {
  let app: App;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    app = await App.create('in-place');
    stop = playJobsAndClaims(app.kubernetes);
  });
  afterAll(async () => {
    await stop();
    await app.remove();
  });

  const deploy = (version: string, more: Partial<DeployOptions> = {}): Promise<Ended> =>
    app.deploy(version, undefined, { values: app.values(version, chart), ...more });
  const served = async () => [...new Set((await app.serving()).map(versionOf))];
  const workload = name === 'a StatefulSet' ? 'StatefulSet/small-web' : 'Deployment/small-web';

  test('where the strategy is blue-green it is refused, with what lets it be deployed', async () => {
    const { outcome, written } = await deploy('v1-good', { strategy: 'blue-green' });
    expect(outcome).toMatchObject({
      status: 'failed',
      failureReason: 'configuration',
      error: { message: expect.stringContaining('strategy: auto') },
    });
    expect(written).toEqual([]);
  });

  test('a plan says what is in place and why', async () => {
    const { outcome, written } = await deploy('v1-good', { dryRun: true });
    expect(outcome).toMatchObject({ status: 'planned', dryRun: { verdict: 'deploy', colorless: true, services: [] } });
    expect(written).toEqual([]);
  });

  test('a first version that cannot start stays as evidence', async () => {
    const { outcome } = await deploy('v0-crashes');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'bad-command', rolledBack: false, version: undefined });
    expect((await app.journal()).inFlight).toBeUndefined();
  });

  test('the first that serves, over what the failed one left', async () => {
    const { outcome, log } = await deploy('v1-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', inPlace: true, activeColor: undefined });
    expect(await served()).toEqual(['v1-good']);
    expect(await app.selector()).not.toHaveProperty([COLOR_LABEL]);
    if (name !== 'a StatefulSet')
      expect(log).toContainEqual(expect.stringMatching(/^In place, not blue-green: Deployment\/small-web: mounts the claim small-data/));
  });

  test('the same again: nothing to do', async () => {
    expect(await deploy('v1-good')).toMatchObject({ outcome: { status: 'unchanged', version: 'v1-good', inPlace: true }, written: [] });
  });

  test('a second version', async () => {
    const { outcome } = await deploy('v2-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good', previousVersion: 'v1-good', inPlace: true });
    expect(await served()).toEqual(['v2-good']);
  });

  test.each([
    ['v3-crashes', 'bad-command', 'ready'],
    ['v3-sick', 'smoke-failed', 'smoke'],
    ['v3-late', 'smoke-failed', 'bake'],
  ])('%s: %s, found in %s; the version before is back and ready', async (version, reason, step) => {
    const { outcome } = await deploy(version);
    expect(outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: reason,
      rolledBack: true,
      version: 'v2-good',
      inPlace: true,
      seen: { kind: 'in-place' },
      report: { failure: { step }, backMs: expect.any(Number) },
    });
    expect(await served()).toEqual(['v2-good']);
    const steps = outcome === 'killed' ? [] : outcome.report.steps;
    expect(steps.map((one) => one.name)).not.toContain('switch-back');
    expect(steps.at(-1)).toMatchObject({
      name: 'take-back',
      result: 'ok',
      note: expect.stringContaining('checks of the old version pass'),
    });
    expect(await app.journal()).toMatchObject({ lastFailure: { version, reason } });
  });

  test('the evidence is what was seen before anything went back', async () => {
    const { outcome } = await deploy('v3-crashes');
    const evidence = outcome === 'killed' ? [] : (outcome.report.failure?.evidence ?? []);
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining(workload) } });
    expect(JSON.stringify(evidence)).toContain('executable file not found');
  });

  test.each(['base', 'ready', 'bake'] as const)('killed in %s: the next run goes back, and deploys', async (step) => {
    const killed = await app.deploy('v4-good', { kind: 'kill', since: step, write: 1 }, { values: app.values('v4-good', chart) });
    expect(killed.outcome).toBe('killed');
    await app.letLeaseExpire();
    const { outcome } = await deploy('v2-good');
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v2-good' });
    expect(await served()).toEqual(['v2-good']);
  });

  test('status', async () => {
    const recorded = async (release: string) => {
      const found = await recordedManifest(app.kubernetes, release);
      return found && { objects: readManifests(found.manifest).manifests.map(({ object }) => object) };
    };
    const status = await readStatus('small', { kubernetes: app.kubernetes, clock: systemClock, recorded });
    expect(status).toMatchObject({ state: 'serving', version: 'v2-good', inPlace: true, healthy: true, drift: [] });
    expect(status.services).toMatchObject([{ name: 'small-web', problem: undefined }]);
    expect(status.shared).toMatchObject([{ workload, ready: true }]);
    expect(status.rollback).toMatchObject([{ version: 'v1-good', possible: true, text: expect.stringContaining('in place') }]);
  });

  test('back by hand, and forth', async () => {
    const { outcome } = await app.rollback('v1-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', previousVersion: 'v2-good', inPlace: true });
    expect(await served()).toEqual(['v1-good']);
    expect((await deploy('v5-good')).outcome).toMatchObject({ status: 'deployed' });
  });

  test('removed whole', async () => {
    expect((await app.takeAway()).outcome).toMatchObject({ status: 'removed' });
    expect((await app.kubernetes.list(POD)).items.filter(({ metadata }) => !metadata.deletionTimestamp)).toEqual([]);
    expect(await app.kubernetes.get({ ...SERVICE, name: 'small-web' })).toBeUndefined();
  });
});
