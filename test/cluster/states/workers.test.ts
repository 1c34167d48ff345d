import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { until } from '../../../cluster/wait.ts';
import { clusterEnvironment } from '../../../demo/environment.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { expectGreen, PairApp } from '../deploy-support.ts';

jest.setTimeout(300_000);

const runner = new NodeProcessRunner({ env: process.env });
let app: PairApp;

beforeAll(async () => {
  app = await PairApp.create('states-workers-test', clusterEnvironment(), ['v1', 'v2'], runner);
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

const VALUES = { schedule: { cron: '*/1 * * * *', script: "console.log('done')" } };
const OLDER = { 'allow-older': 'true' };
const MINUTE_MS = 60_000;

/** The minutes that have run, in both colors, in their order: a Job is named by its minute. */
const ticks = (): number[] =>
  app
    .get('jobs')
    .items.map(({ metadata }: { metadata: { name: string } }) => Number(/-(\d+)$/.exec(metadata.name)?.[1]))
    .sort((one: number, other: number) => one - other);
const remembered = (color: string): number =>
  Date.parse(app.get('cronjob', `tick-tick-${color}`).status.lastScheduleTime ?? '1970-01-01T00:00:00Z') / MINUTE_MS;
const tickAfter = (minute: number) =>
  until('the next tick', 90_000, async () => ((ticks().at(-1) ?? 0) > minute ? ticks().at(-1) : undefined), 1_000);

test('a CronJob of each minute, through switches and a way back, by its controller: no tick twice, none lost', async () => {
  expectGreen(await app.deploySmall('tick', 'v1', VALUES));
  const first = (await tickAfter(0)) ?? 0;
  // The base changes too, and is contracted when the old color's pods are gone: those of its Jobs that have ended stay.
  const second = expectGreen(await app.deploySmall('tick', 'v2', { ...VALUES, counts: { note: 'new' } }));
  expect(second.log.filter((line) => line.includes('Pods of blue still run'))).toEqual([]);
  expect(remembered('green')).toBeGreaterThanOrEqual(first);
  await tickAfter(ticks().at(-1) ?? 0);
  // Blue has missed that one, by its own memory.
  expectGreen(await app.deploySmall('tick', 'v1', VALUES, OLDER));
  // Checked under traffic alone, it fails there.
  const failing = { ...OLDER, smoke: '- {name: nobody answers, url: "http://127.0.0.1:9/"}' };
  const result = await app.deploySmall('tick', 'v2', VALUES, failing);
  expect(result.outputs).toMatchObject({ status: 'rolled-back', version: 'v1', 'active-color': 'blue' });
  const seen = ticks();
  const last = seen.at(-1) ?? 0;
  expect(seen).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
  expect(remembered('blue')).toBe(last);
  expect(app.get('cronjob', 'tick-tick-green').spec.suspend).toBe(true);
});
