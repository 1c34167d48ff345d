import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../../demo/environment.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { WAYS, WayBack } from '../../support/way-back.ts';
import { PairApp } from '../deploy-support.ts';

jest.setTimeout(120_000);

const RATE = 50;
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-way-back-'));
let app: PairApp;
let back: WayBack;

beforeAll(async () => {
  const cluster = clusterEnvironment();
  app = await PairApp.create('way-back-test', cluster, ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
  back = new WayBack(app, cluster);
  await back.first();
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

describe('an app without preStop hook goes back under traffic, while endpoints change all over the cluster', () => {
  test.each(WAYS)('%s: no request is lost', async (way) => {
    const { load, turns } = await back.go(way, RATE, join(work, 'load.json'));
    expect(turns).toBeGreaterThan(10);
    expect(load.losses).toEqual([]);
    expect(app.get('deployment', 'pair-frontend-green').spec.replicas).toBe(0);
  });
});
