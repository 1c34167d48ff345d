import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LEASE, leaseName, SECRET, SERVICE } from '../../../src/deploy/kube/names.ts';
import { type Report, sweepColors } from '../../../src/janitor/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { State } from '../../../src/runtime/state.ts';
import { TempFiles } from '../../../src/runtime/temp.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { QUIET } from '../../support/log.ts';
import { access, runner } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';
import { DEPLOYMENT } from '../support/controllers.ts';

const DAY = 86_400_000;
const log = QUIET;
let app: App;
let folder: string;

beforeEach(async () => {
  app = await App.create('janitor');
  folder = mkdtempSync(join(tmpdir(), 'janitor-'));
});
afterEach(async () => {
  await app.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Wanted {
  /** What the clocks say, from now. */
  machine?: number;
  server?: number;
  dryRun?: boolean;
  cap?: number;
  /** Before the lease is taken, after the first look. */
  meanwhile?: () => Promise<void>;
}

/** A pass over all apps of the API server, of which this test's alone counts. */
async function sweep({ machine = 30 * DAY, server = 30 * DAY, dryRun = false, cap = 20, meanwhile }: Wanted = {}): Promise<Report> {
  let looks = 0;
  const kubernetes = new KubernetesClient(access, { namespace: app.namespace });
  const files = new TempFiles(folder, new State({}));
  const helm = new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace: app.namespace });
  try {
    const report = await sweepColors(
      {
        kubernetes: {
          ...kubernetes,
          // Other tests' apps are none of ours.
          list: async (kind, options) => kubernetes.list(kind, { ...options, allNamespaces: false }),
        } as typeof kubernetes,
        serverTime: async () => Date.now() + server,
        clock: { ...systemClock, now: () => Date.now() + machine },
        log,
        signal: new AbortController().signal,
        at: async (_, body) => {
          if (meanwhile && looks++ === 0) {
            const get = kubernetes.get.bind(kubernetes);
            let leases = 0;
            kubernetes.get = (async (ref: Parameters<typeof get>[0]) => {
              // The second look at the lease is that of its taking.
              if (ref.kind === LEASE.kind && ++leases === 2) await meanwhile();
              return get(ref);
            }) as typeof kubernetes.get;
          }
          return body({ kubernetes, helm });
        },
      },
      {
        idleForMs: 14 * DAY,
        cap,
        dryRun,
        timeoutMs: 30_000,
        who: { repository: 'acme/small', runUrl: '', actor: 'ada', holder: 'janitor' },
      },
    );
    return report;
  } finally {
    await kubernetes.close();
  }
}

const deployed = (color: string) => app.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-web-${color}` });
async function twoVersions(): Promise<void> {
  for (const version of ['v1', 'v2']) expect((await app.deploy(version)).outcome).toMatchObject({ status: 'deployed' });
}

describe('an idle color', () => {
  test('that was idle for long is removed; the other serves on, and a rollback brings it back', async () => {
    await twoVersions();
    const before = await app.serving();
    const planned = await sweep({ dryRun: true });
    expect(planned.removed).toEqual([{ what: `${app.namespace}/small, color blue`, why: expect.stringMatching(/^blue is idle since/) }]);
    expect(await deployed('blue')).toBeDefined();

    const done = await sweep();
    expect(done.stuck).toEqual([]);
    expect(done.removed).toEqual(planned.removed);
    expect(await deployed('blue')).toBeUndefined();
    expect((await app.serving()).map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    expect((await app.kubernetes.get({ ...LEASE, name: leaseName(RELEASE) }))?.spec?.holderIdentity ?? '').toBe('');
    // Nothing is left to look at.
    expect(await sweep()).toEqual({ removed: [], kept: [], stuck: [] });

    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v1' });
    expect(await app.selector()).toMatchObject({ 'todo-deploy.dev/color': 'blue' });
  });

  test.each<[string, Wanted, () => Promise<void>, RegExp]>([
    ['this machine’s clock says that it is too early', { machine: 0 }, async () => undefined, /not idle for long enough/],
    ['the API server’s clock says that it is too early', { server: 0 }, async () => undefined, /not idle for long enough/],
    [
      'somebody holds the lease, however long ago they said so',
      {},
      async () => {
        const spec = { holderIdentity: 'acme/other', leaseDurationSeconds: 1 };
        await app.kubernetes.patch({ ...LEASE, name: leaseName(RELEASE) }, { spec }, { type: 'merge' });
      },
      /lease is held by acme/,
    ],
    [
      'a person has led a Service to it',
      {},
      async () => {
        const spec = { selector: { 'todo-deploy.dev/color': 'blue' } };
        await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec }, { type: 'merge' });
      },
      /selects blue/,
    ],
  ])('stays: %s', async (_, wanted, prepare, why) => {
    await twoVersions();
    await prepare();
    const report = await sweep(wanted);
    expect(report).toMatchObject({ removed: [], stuck: [], kept: [{ why: expect.stringMatching(why) }] });
    expect(await deployed('blue')).toBeDefined();
  });

  test('stays where a Service that is not of this app leads to its pods: that is stuck, and said', async () => {
    await twoVersions();
    const labels = (await deployed('blue'))?.spec?.selector?.matchLabels;
    await app.kubernetes.create({
      ...SERVICE,
      metadata: { name: 'theirs', namespace: app.namespace },
      spec: { selector: labels, ports: [{ port: 80 }] },
    } as never);
    const report = await sweep();
    expect(report.removed).toEqual([]);
    expect(report.stuck).toEqual([{ what: `${app.namespace}/small`, why: expect.stringContaining('Service theirs selects it') }]);
    expect(await deployed('blue')).toBeDefined();
  });

  test('stays where somebody takes the lease, or leads a Service to it, between the two looks', async () => {
    await twoVersions();
    const lead = await sweep({
      meanwhile: async () => {
        const spec = { selector: { 'todo-deploy.dev/color': 'blue' } };
        await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec }, { type: 'merge' });
      },
    });
    expect(lead).toMatchObject({ removed: [], stuck: [], kept: [{ why: expect.stringContaining('selects blue') }] });
    const back = { selector: { 'todo-deploy.dev/color': 'green' } };
    await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec: back }, { type: 'merge' });
    const taken = await sweep({
      meanwhile: async () => {
        const spec = { holderIdentity: 'acme/other', leaseDurationSeconds: 30 };
        await app.kubernetes.patch({ ...LEASE, name: leaseName(RELEASE) }, { spec }, { type: 'merge' });
      },
    });
    expect(taken).toMatchObject({ removed: [], stuck: [], kept: [{ why: expect.stringContaining('is being deployed by acme/small') }] });
    expect(await deployed('blue')).toBeDefined();
  });

  test('waits for the next run where the cap is reached, and where its journal cannot be read', async () => {
    await twoVersions();
    expect((await sweep({ cap: 0 })).kept).toEqual([{ what: `${app.namespace}/small`, why: expect.stringContaining('"cap"') }]);
    const data = { 'journal.json': Buffer.from('{"schema":9}').toString('base64') };
    await app.kubernetes.patch({ ...SECRET, name: `todo-deploy-${RELEASE}-journal` }, { data }, { type: 'merge' });
    expect((await sweep()).kept).toEqual([{ what: `${app.namespace}/small`, why: expect.stringContaining('cannot be read') }]);
    expect(await deployed('blue')).toBeDefined();
  });
});
