import { describe, expect, test } from '@jest/globals';
import type { PartChart } from '../../../../src/interfaces/helm.ts';
import { splitOfRecorded } from '../../../../src/split/index.ts';
import { chartFiles, fromRecorded } from '../../../../src/tools/helm/part-chart.ts';
import { config, deployment, hook, job, service, split, statefulSet } from '../helpers.ts';

const chart = [
  deployment('web', { labels: { app: 'web' }, container: { envFrom: [{ configMapRef: { name: 'c' } }] } }),
  deployment('worker', { labels: { app: 'worker' } }),
  service('web'),
  config('c', { TEXT: 'hello' }),
  statefulSet('db', { labels: { app: 'db' } }),
];
const ips = { blue: { web: '10.96.0.1' }, green: { web: '10.96.0.2' } };

/** Through Helm's record and back. */
const kept = (part: PartChart): PartChart => {
  const files = chartFiles(part);
  const { annotations, ...metadata } = JSON.parse(files['Chart.yaml'] ?? '') as PartChart['chart'];
  const templates = Object.entries(files).filter(([name]) => name !== 'Chart.yaml');
  return fromRecorded({
    metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
    templates: templates.map(([name, text]) => ({ name, data: Buffer.from(text).toString('base64') })),
  });
};

const record = (hooks: Parameters<typeof split>[1] = {}) => {
  const { base, color, partHash, baseHash, url } = split(chart, { color: 'blue', colorServiceIPs: ips.blue, ...hooks });
  return { app: 'todo', namespace: 'todo', base: kept(base), color: kept(color), from: 'blue' as const, partHash, baseHash, url };
};

describe('a version from its record', () => {
  test.each(['blue', 'green'] as const)('in %s it is what the split of its chart made', (color) => {
    const { refusals: _, warnings: __, ...made } = split(chart, { color, colorServiceIPs: ips[color] });
    expect(splitOfRecorded(record(), color, ips[color])).toMatchObject(made);
  });

  test('of its hooks only those for rollbacks fire, and tests', () => {
    const hooks = [
      hook(job('migrate'), 'pre-upgrade'),
      hook(job('undo'), 'pre-upgrade,pre-rollback'),
      hook(job('warm'), 'post-install,post-upgrade'),
      hook(job('tell'), 'post-rollback'),
      hook(job('try'), 'test'),
    ];
    const back = splitOfRecorded(record({ hooks, firstDeploy: false }), 'green', ips.green);
    expect(back.hooks.map(({ part, event, object }) => `${part} ${event} ${object}`)).toEqual([
      'base pre-rollback Job/undo',
      'color post-rollback Job/tell-green',
      'color test Job/try-green',
    ]);
    const events = [...back.baseObjects, ...back.colorObjects].flatMap((object) => object.metadata.annotations?.['helm.sh/hook'] ?? []);
    expect(events).toEqual(['pre-install,pre-upgrade,pre-rollback', 'post-install,post-upgrade,post-rollback', 'test']);
  });

  test('a part without a record says what to do', () => {
    const { annotations: _, ...bare } = record().color.chart;
    expect(() => splitOfRecorded({ ...record(), color: { ...record().color, chart: bare } }, 'green', {})).toThrow('holds no record');
  });
});
