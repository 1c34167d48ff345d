import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PartChart } from '../../../src/interfaces/helm.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { runner, workplace } from '../support/api.ts';
import { LossyWay, type Lost, once } from '../support/lossy.ts';

const { namespace, kubernetes, files, configMap } = workplace('td-helm-test');
const hook = (name: string, policy: string, weight: number) => {
  const annotations = { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': policy, 'helm.sh/hook-weight': String(weight) };
  return JSON.stringify(configMap(name, { of: 'a test' }, { annotations }));
};
const part: PartChart = {
  chart: { name: 'part', version: '1.0.0' },
  templates: {
    'app.json': JSON.stringify(configMap('app', {})),
    'first.json': hook('first', 'before-hook-creation,hook-succeeded', 1),
    'second.json': hook('second', 'before-hook-creation,hook-succeeded', 2),
  },
};
const helmOver = ({ relay }: KubernetesClient) => new HelmCli({ runner, helmPath: 'helm', kubernetes, relay, files, namespace });

let way: LossyWay;
let helm: HelmCli;
let lossy: KubernetesClient;
beforeAll(async () => {
  way = await LossyWay.open();
  await helmOver(kubernetes).apply({ release: 'part', part, values: {}, description: 'tested', timeoutMs: 30_000 });
  lossy = new KubernetesClient(way.access, { namespace });
  helm = helmOver(lossy);
});
afterAll(async () => {
  await lossy.close();
  way.close();
});

describe('helm test, where an answer gets lost', () => {
  test.each<[string, string, RegExp, Lost]>([
    ['of the deletion of what succeeded', 'DELETE', /configmaps\/second/, 'answer'],
    ['of the deletion of what succeeded, before it arrived', 'DELETE', /configmaps\/first/, 'request'],
    ['of the making of a test', 'POST', /configmaps/, 'answer'],
    ['of the making of a test by server-side apply', 'PATCH', /configmaps\/second/, 'answer'],
    ["of the record's writing", 'PUT', /secrets\/sh.helm.release/, 'answer'],
    ['of a look', 'GET', /configmaps\/second/, 'request'],
    ['of the first look', 'GET', /version/, 'request'],
  ])('%s (%s): it passes', async (_, method, path, lost) => {
    way.lose = once(method, path, lost);
    const { passed, output } = await helm.test({ release: 'part', timeoutMs: 30_000 });
    way.lost.length = 0;
    expect({ passed, output: passed ? '' : output }).toEqual({ passed: true, output: '' });
  });

  test('a test that fails is no lost answer: it is named, though others never ran', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'refused', annotations: { 'helm.sh/hook': 'test', 'helm.sh/hook-weight': '1' } },
      spec: { containers: [] },
    };
    const templates = { 'first.json': JSON.stringify(pod), 'second.json': hook('second', 'before-hook-creation', 2) };
    await helmOver(kubernetes).apply({ release: 'bad', part: { ...part, templates }, values: {}, description: 'bad', timeoutMs: 30_000 });
    way.lose = () => undefined;
    expect(await helm.test({ release: 'bad', timeoutMs: 30_000 })).toMatchObject({ passed: false, failed: ['Pod/refused'] });
  });
});
