import { describe, expect, test } from '@jest/globals';
import type { PartChart } from '../../../../src/interfaces/helm.ts';
import { recolor } from '../../../../src/split/index.ts';
import { config, deployment, hook, job, service, split, statefulSet } from '../helpers.ts';

const term = (part: string) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { part } } });
const web = deployment('web', {
  labels: { app: 'web', part: 'all' },
  container: {
    args: ['web-blue', 'c-blue', 'asked-for'],
    envFrom: [{ configMapRef: { name: 'c' } }, { configMapRef: { name: 'stranger-blue' } }],
  },
  spec: {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('all')] } },
    hostAliases: [{ ip: '1.2.3.4', hostnames: ['printer'] }],
  },
});
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } } },
};
const chart = [
  web,
  service('web'),
  service('web-api', { selector: { app: 'web' } }),
  service('front', { type: 'ExternalName', externalName: 'web.todo.svc.cluster.local', selector: undefined }),
  budget,
  config('c', { TEXT: 'c-blue 10.96.0.1' }),
  statefulSet('db', { labels: { app: 'db', part: 'all' } }),
];
const hooks = [hook(job('warm'), 'post-upgrade'), hook(job('asked-for'), 'post-upgrade')];
const blue = { web: '10.96.0.1', 'web-api': '10.96.0.11' };
const green = { web: 'fd00::2', 'web-api': '10.96.0.1' };

const part = (color: 'blue' | 'green', colorServiceIPs: Record<string, string>) => split(chart, { color, colorServiceIPs, hooks }).color;
const turned = (recorded: PartChart, from: 'blue' | 'green', to: 'blue' | 'green', addresses: Record<string, string>) =>
  recolor(recorded, { app: 'todo', namespace: 'todo', from, to, addresses });

describe('a recorded part in the other color', () => {
  test('is what the split of the same version makes for that color', () => {
    expect(turned(part('blue', blue), 'blue', 'green', green)).toEqual(part('green', green));
    expect(turned(part('green', green), 'green', 'blue', blue)).toEqual(part('blue', blue));
  });

  test('keeps texts and strangers that look like a color', () => {
    const text = Object.values(turned(part('blue', blue), 'blue', 'green', green).templates).join('');
    expect(text).toContain('"stranger-blue"');
    expect(text).toContain('"c-blue 10.96.0.1"');
    expect(text).toContain('"web-blue"');
  });

  test('there and back is the same', () => {
    const recorded = part('blue', blue);
    expect(turned(turned(recorded, 'blue', 'green', green), 'green', 'blue', blue)).toEqual(recorded);
  });
});
