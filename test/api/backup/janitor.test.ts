import { afterAll, afterEach, expect, test } from '@jest/globals';
import { DRILL_LABEL, drillMarks, drillNamespace } from '../../../src/backup/drill/marks.ts';
import { openScratch } from '../../../src/backup/index.ts';
import { NAMESPACE } from '../../../src/deploy/kube/names.ts';
import { type Report, sweepDrills } from '../../../src/janitor/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { QUIET } from '../../support/log.ts';
import { access } from '../support/api.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';

withNamespaceController();
const HOUR = 3_600_000;
const kubernetes = new KubernetesClient(access, { namespace: 'default' });
const tools = { kubernetes, clock: systemClock, log: QUIET, signal: AbortSignal.timeout(120_000) };
const suffix = Date.now().toString(36);
const app = (name: string, namespace = 'shop') => ({ namespace, release: `${name}-${suffix}` });

/** Tests run beside others, whose drills are theirs. */
const ours = async () => {
  const { items } = await kubernetes.list(NAMESPACE, { labelSelector: DRILL_LABEL });
  return items.filter(({ metadata }) => metadata.labels?.[DRILL_LABEL]?.endsWith(suffix) && !metadata.deletionTimestamp);
};
const names = async (): Promise<string[]> => (await ours()).map(({ metadata }) => metadata.name).sort();
afterEach(async () => {
  for (const { metadata } of await ours()) await kubernetes.delete({ ...NAMESPACE, name: metadata.name });
});
afterAll(() => kubernetes.close());

async function pass({ cap = 100, dryRun = false, machine = 0, server = 0 } = {}): Promise<Report> {
  const mine = new Set(await names());
  const list: typeof kubernetes.list = async (...of) => {
    const { items, ...rest } = await kubernetes.list(...of);
    return { ...rest, items: items.filter(({ metadata }) => mine.has(metadata.name)) };
  };
  const own = new Proxy(kubernetes, { get: (of, key) => (key === 'list' ? list : Reflect.get(of, key).bind(of)) });
  return sweepDrills(
    {
      ...tools,
      kubernetes: own,
      clock: { ...systemClock, now: () => Date.now() + machine },
      serverTime: async () => ((await kubernetes.serverTime()) ?? Number.NaN) + server,
    },
    { cap, dryRun },
  );
}

test('goes over the drills of all apps: those that are over go, whoever looks like one stays', async () => {
  const killed = await openScratch(app('todo'), -HOUR, tools);
  const other = await openScratch(app('notes', 'else'), -HOUR, tools);
  const running = await openScratch(app('todo'), HOUR, tools);
  const marks = drillMarks(app('todo'), Date.now() - HOUR);
  const strange = [
    // Of a name that no drill has; of annotations that name another release; without them.
    { ...marks, name: `mine-${suffix}` },
    { ...marks, name: drillNamespace(`x-${suffix}`, '0000000a'), annotations: { ...drillMarks(app('other'), 0).annotations } },
    { labels: { ...marks.labels }, name: drillNamespace(`x-${suffix}`, '0000000b') },
  ];
  for (const metadata of strange) await kubernetes.create({ ...NAMESPACE, metadata });
  const there = await names();

  const planned = await pass({ dryRun: true });
  expect(planned.removed.map(({ what }) => what).sort()).toEqual([killed, other].map(({ namespace }) => `Namespace/${namespace}`).sort());
  expect(await names()).toEqual(there);
  const done = await pass();
  expect({ ...done, kept: [] }).toEqual({ ...planned, kept: [] });
  expect(await names()).toEqual([running.namespace, ...strange.map(({ name }) => name)].sort());
  expect(done.kept.map(({ why }) => why).sort()).toEqual([
    ...Array(3).fill('its name, label and annotations are not those of a drill'),
    expect.stringContaining(`the drill of "${app('todo').release}" in "shop", which was to end at`),
  ]);
});

test('one clock that is wrong ends nothing', async () => {
  await openScratch(app('todo'), HOUR, tools);
  for (const wrong of [{ machine: 99 * HOUR }, { server: 99 * HOUR }]) expect((await pass(wrong)).removed).toEqual([]);
  expect((await pass({ machine: 99 * HOUR, server: 99 * HOUR })).removed).toHaveLength(1);
});

test('a pass takes no more than its cap', async () => {
  for (const name of ['a', 'b', 'c']) await openScratch(app(name), -HOUR, tools);
  const { removed, kept } = await pass({ cap: 2 });
  expect([removed.length, kept.map(({ why }) => why), (await names()).length]).toEqual([
    2,
    ['waits for the next run: "cap" is reached'],
    1,
  ]);
});
