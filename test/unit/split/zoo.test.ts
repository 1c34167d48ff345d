import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { splitChart } from '../../../src/split/index.ts';
import type { SplitResult } from '../../../src/split/model.ts';
import { type Expected, type ZooChart, zooCharts } from '../../charts/zoo.ts';

function split({ name, manifest, hooks }: ZooChart, firstDeploy = false): SplitResult {
  return splitChart({
    release: name,
    namespace: 'default',
    color: 'blue',
    chart: { name, version: '1.0.0', appVersion: '1.0' },
    manifest,
    hooks,
    images: [],
    shared: [],
    stack: 'own',
    version: 'abc1234',
    firstDeploy,
    imagePullSecrets: [],
    colorServiceIPs: {},
  });
}

const title = (object: KubernetesObject) => `${object.kind}/${object.metadata.name}`;
const titles = (objects: readonly KubernetesObject[]) => objects.map(title).sort();
const bare = (name: string) => name.replace(/-blue$/, '');

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}

describe.each(zooCharts().map((chart): [string, ZooChart] => [chart.name, chart]))('the chart %s', (_name, chart) => {
  const { expected } = chart;
  const result = split(chart);
  const findings = (list: SplitResult['refusals']) => list.map(({ object, message, hint }) => `${object} ${message} ${hint ?? ''}`);

  test('is refused for the reasons that it gives, and for no other', () => {
    const found = findings(result.refusals);
    for (const pattern of expected.refused) expect(found).toContainEqual(expect.stringMatching(new RegExp(pattern, 'i')));
    const known = new RegExp(expected.refused.join('|') || '^$', 'i');
    expect(found.filter((text) => !known.test(text))).toEqual([]);
  });

  test('has workloads in place for the reasons that it gives, and no others', () => {
    const found = findings(result.inPlace);
    const wanted = expected.inPlace ?? [];
    for (const pattern of wanted) expect(found).toContainEqual(expect.stringMatching(new RegExp(pattern)));
    expect(found.filter((text) => !wanted.some((pattern) => new RegExp(pattern).test(text)))).toEqual([]);
  });

  test('warns of what needs a look', () => {
    for (const pattern of expected.warned ?? [])
      expect(findings(result.warnings)).toContainEqual(expect.stringMatching(new RegExp(pattern)));
  });

  if (expected.base.length > 0) {
    test.each([
      ['upgrade', false, expected.hooks],
      ['first deploy', true, expected.hooksFirst ?? expected.hooks],
    ] as [string, boolean, Expected['hooks']][])('puts every object into its part: %s', (_event, first, hooks) => {
      const { baseObjects, colorObjects } = split(chart, first);
      expect(titles(baseObjects)).toEqual([...expected.base, ...hooks.base].sort());
      expect(titles(colorObjects).map(bare)).toEqual([...expected.color, ...hooks.color].sort());
    });

    test('knows its stable Services and its workers', () => {
      expect(result.services.map(({ name }) => name).sort()).toEqual([...expected.stable].sort());
      const workers = result.workloads.filter(({ worker }) => worker).map(({ name }) => bare(name));
      expect(workers.sort()).toEqual([...expected.workers].sort());
      if (expected.url) expect(result.url).toContain(expected.url);
    });

    test('reads values as Helm does', () => {
      const objects = new Map([...result.colorObjects, ...result.baseObjects].map((object) => [bare(title(object)), object]));
      for (const [name, values] of Object.entries(expected.values ?? {})) {
        for (const [path, value] of Object.entries(values)) expect([name, path, at(objects.get(name), path)]).toEqual([name, path, value]);
      }
    });
  }
});
