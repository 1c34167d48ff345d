import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { journalName, SECRET } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { RELEASE } from '../../support/app.ts';
import { BaseApp } from '../../support/base-app.ts';
import { expectWayOut } from '../../support/way-out.ts';

const COUNT = 200;
const LABELS = { 'app.kubernetes.io/name': 'small', 'app.kubernetes.io/instance': RELEASE, 'app.kubernetes.io/component': 'web' };

/** Services that lead to the app's one Deployment, each with a port of its own. */
const services = (first: number): KubernetesObject[] =>
  Array.from({ length: COUNT }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `small-with-a-rather-long-name-${index}` },
    spec: { selector: LABELS, ports: [{ name: 'http', port: first + index, targetPort: 'http' }] },
  }));

let it: BaseApp;
beforeEach(async () => {
  it = await BaseApp.create('many');
});
afterEach(() => it.remove());

const sizes = async (name: string): Promise<number> => {
  const secret = await it.app.kubernetes.get({ ...SECRET, name });
  return Object.values(secret?.data ?? {}).reduce((sum, text) => sum + Buffer.from(text, 'base64').length, 0);
};

test('200 Services: what is stored is what was counted, and a second version moves all of them', async () => {
  expect((await it.deploy('v1-good', services(1000))).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
  const plan = await it.plan('v2-good', services(2000));
  const counted = new Map(plan?.stored.map(({ what, bytes }) => [what, bytes]));
  expect((await it.deploy('v2-good', services(2000))).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  const stored = {
    base: await sizes(`sh.helm.release.v1.${RELEASE}.v2`),
    color: await sizes(`sh.helm.release.v1.${RELEASE}-green.v1`),
    journal: await sizes(journalName(RELEASE)),
  };
  const [base = 0, color = 0, journal = 0] = [...counted.values()];
  expect([base >= stored.base, color >= stored.color, journal >= stored.journal]).toEqual([true, true, true]);
  // Counted, not guessed.
  expect([base / stored.base, color / stored.color].map((ratio) => ratio < 1.5)).toEqual([true, true]);
}, 300_000);

test('two large ConfigMaps that fit one after the other, but not beside each other: refused before anything is touched, with the size', async () => {
  const large = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { text: randomBytes(165_000).toString('base64') },
  });
  expect((await it.deploy('v1-good', [large('small-one')])).outcome).toMatchObject({ status: 'deployed' });
  const { outcome, written } = await it.deploy('v2-good', [large('small-other')]);
  expect(outcome).toMatchObject({ status: 'failed', failureReason: 'configuration', version: 'v1-good' });
  const { message } = (outcome as { error: Error }).error;
  expect(message).toMatch(/what both colors share needs 1\d{3} KiB, \d+ KiB more than a Secret holds/);
  expect(written).toEqual([]);
  await expectWayOut(it.app, 'v3-good');
}, 300_000);
