import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { DRILL_LABEL, drillIn, drillMarks } from '../../../src/backup/drill/marks.ts';
import { closeScratch, openScratch, sweepDrills } from '../../../src/backup/index.ts';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { logBy } from '../../support/log.ts';
import { access } from '../support/api.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';

withNamespaceController();
const log: string[] = [];
const say = (text: string): void => void log.push(text);
const LOG = logBy(say);
const APP = { namespace: 'shop', release: `todo-${Date.now().toString(36)}` };
const kubernetes = new KubernetesClient(access, { namespace: 'default' });
const tools = { kubernetes, clock: systemClock, log: LOG, signal: AbortSignal.timeout(120_000) };
const HOUR = 3_600_000;

beforeEach(() => void log.splice(0));
afterEach(async () => {
  for (const { metadata } of await namespaces()) await kubernetes.delete({ ...NAMESPACE, name: metadata.name });
});
afterAll(() => kubernetes.close());

const namespaces = async () => (await kubernetes.list(NAMESPACE, { labelSelector: `${DRILL_LABEL}=${APP.release}` })).items;
const names = async () => (await namespaces()).filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);

test('a drill has a namespace of its own, closed before anything is in it, and proved gone', async () => {
  const drill = await openScratch(APP, HOUR, tools);
  expect(drill).toMatchObject({ of: APP, uid: expect.stringMatching(/-/) });
  const policies = await kubernetes.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, { namespace: drill.namespace });
  expect(policies.items).toMatchObject([{ spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }]);
  await closeScratch(drill, tools);
  expect(await namespaces()).toEqual([]);
  expect(log).toContain(`Namespace ${drill.namespace} is gone, and all in it`);
});

test('what a killed drill left goes with the next one; what is not proved to be over stays', async () => {
  const clocks = [Date.now(), Date.now()];
  const killed = await openScratch(APP, -HOUR, tools);
  const running = await openScratch(APP, HOUR, tools);
  const others = await openScratch({ ...APP, namespace: 'other' }, -HOUR, tools);
  const strange = { name: `${APP.release}-mine`, labels: drillMarks(APP, 0).labels ?? {} };
  await kubernetes.create({ ...NAMESPACE, metadata: strange });
  expect(await sweepDrills(APP, [], tools)).toBe(0);
  expect(await sweepDrills(APP, [Date.now() + 2 * HOUR, Date.now() - 2 * HOUR], tools)).toBe(0);
  expect(await sweepDrills(APP, clocks, tools)).toBe(1);
  expect((await names()).sort()).toEqual([running.namespace, others.namespace, strange.name].sort());
  expect(log.join('\n')).toContain(`Namespace ${killed.namespace} is of a drill that was to end at`);
});

test('one of the same name that was made anew is not deleted', async () => {
  const drill = await openScratch(APP, HOUR, tools);
  await closeScratch({ ...drill, uid: '00000000-0000-0000-0000-000000000000' }, tools);
  const left = (await namespaces()).find(({ metadata }) => metadata.name === drill.namespace);
  expect(left && drillIn({ ...left, ...NAMESPACE })).toEqual(drill);
  expect(left?.metadata.deletionTimestamp).toBeUndefined();
});
