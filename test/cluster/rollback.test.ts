import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment, ROOT } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import type { Child } from '../support/action.ts';
import { CraneRegistry } from '../support/registry.ts';
import { errorsOf, expectGreen, expectKilled, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

const runner = new NodeProcessRunner({ env: process.env });
const NODES = ['node1', 'node2'];
let cluster: ClusterEnvironment;
let registry: CraneRegistry;
let app: PairApp;
let work: string;
const digests = new Map<string, string>();

beforeAll(async () => {
  cluster = clusterEnvironment();
  registry = new CraneRegistry(cluster);
  app = await PairApp.create('rollback-test', cluster, ['v1', 'v2', 'v3', 'v4'], runner);
  work = mkdtempSync(join(tmpdir(), 'todo-deploy-rollback-'));
  for (const version of ['v1', 'v2', 'v3', 'v4']) digests.set(version, await registry.digest(`${app.image}:${version}`));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
  rmSync(work, { recursive: true, force: true });
});

const reference = (version: string) => `${app.image}@${digests.get(version)}`;
/** Each version has a text and a size of its own, and reads a Secret that is not of the chart. */
function deploy(version: string, inputs: Record<string, string> = {}, more: object = {}) {
  const values = app.values(version, { greeting: `hello from ${version}`, frontend: { replicas: version === 'v1' ? 3 : 2 }, ...more });
  return app.deploy(version, { chart: chartWith(), images: reference(version), values, ...inputs }, { cwd: work });
}

/** The chart, whose pods read what may change behind a version's back; with a migration, where its mark is given. */
function chartWith(mark?: string): string {
  const chart = mkdtempSync(join(work, 'chart-'));
  cpSync(join(ROOT, 'test/charts/pair'), chart, { recursive: true });
  const helpers = join(chart, 'templates/_helpers.tpl');
  const line = '  - configMapRef: {name: pair-config}\n';
  const text = readFileSync(helpers, 'utf8');
  expect(text).toContain(line);
  writeFileSync(helpers, text.replace(line, `${line}  - secretRef: {name: outside, optional: true}\n`));
  if (mark !== undefined) writeFileSync(join(chart, 'templates/migrate.yaml'), migration(mark));
  return chart;
}

const migration = (mark: string) => `apiVersion: batch/v1
kind: Job
metadata:
  name: pair-migrate
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation, todo-deploy.dev/irreversible: "${mark}"}
spec:
  backoffLimit: 0
  template:
    spec:
      {{- include "pair.pod" . | nindent 6 }}
      restartPolicy: Never
      containers:
        - name: migrate
          image: {{ include "pair.image" . | quote }}
          command: [node, -e, "console.log('migrated')"]
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`;

const asked = async (): Promise<{ version: string; greeting: string; backend: { version: string } }> =>
  JSON.parse(
    app.kubectl('exec', 'load-node1', '--', 'node', '-e', "fetch('http://pair-frontend/').then((a) => a.text()).then(console.log)"),
  );
const revisions = () => app.kubectl('get', 'secrets', '--selector=owner=helm', '--output=name').trim().split('\n').sort();
const replicas = (name: string) => app.get('deployment', name).spec.replicas;
const label = (name: string) => app.get('service', name).metadata.labels['app.kubernetes.io/version'];

/** Everything that a run could have changed: all but leases and the status of what lives on. */
function world(): string {
  const kinds = 'deployments,services,configmaps,secrets,cronjobs,horizontalpodautoscalers,poddisruptionbudgets';
  interface Thing {
    kind: string;
    metadata: { name: string; generation?: number };
    spec?: { selector?: object; scaleTargetRef?: { name: string } };
    data?: object;
  }
  const { items }: { items: Thing[] } = app.get(kinds);
  // An autoscaler changes its target whenever it likes: of those everything but the count is compared.
  const autoscaled = new Set(items.map((one) => one.spec?.scaleTargetRef?.name));
  const state = ({ kind, metadata, spec }: Thing) =>
    kind === 'Deployment' && autoscaled.has(metadata.name) ? { ...spec, replicas: 0 } : [metadata.generation, spec?.selector];
  return items
    .map((one) => JSON.stringify([one.kind, one.metadata.name, state(one), one.data]))
    .sort()
    .join('\n');
}

describe('going back on a real cluster', () => {
  test('an app that was never deployed: one clear line', async () => {
    const result = await app.rollback('previous');
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain('No version of "pair" has served in namespace rollback-test: there is nothing to roll back to');
    expect(app.kubectl('get', 'leases', '--output=name')).toBe('');
  });

  test('four versions', async () => {
    for (const version of ['v1', 'v2']) expectGreen(await deploy(version));
    // The second version's color is removed, its record is not.
    expectGreen(await deploy('v3', { 'keep-old': 'remove' }));
    expect(app.kubectl('get', 'deployments', '--selector=todo-deploy.dev/color=green', '--output=name')).toBe('');
    expectGreen(await deploy('v4', { 'keep-old': 'warm' }));
    for (const node of NODES) app.startLoad(node, 25, 900);
    expect(await asked()).toMatchObject({ version: 'v4', greeting: 'hello from v4' });
  });

  test('the list: what serves, what runs, what is recorded', async () => {
    const before = world();
    const result = expectGreen(await app.rollback('previous', { list: 'true' }));
    const versions = JSON.parse(result.outputs.versions ?? '') as {
      back: number;
      version: string;
      remains: string;
      images: { inRegistry: string }[];
    }[];
    expect(versions.map(({ back, version, remains }) => [back, version, remains])).toEqual([
      [0, 'v4', 'serves'],
      [1, 'v3', 'warm'],
      [2, 'v2', 'recorded'],
      [3, 'v1', 'recorded'],
    ]);
    expect(new Set(versions.flatMap((one) => one.images.map((image) => image.inRegistry)))).toEqual(new Set(['yes']));
    expect(result.outputs).toMatchObject({ status: '', 'active-color': 'green', version: 'v4' });
    expect(result.log.join('\n')).toMatch(/-1 +v3 .*its pods run, blue +in the registry +none/);
    expect(result.summary).toContain('## pair: versions that can be rolled back to');
    expect(world()).toBe(before);
  });

  test('what is not there lists what there is, and touches nothing', async () => {
    const before = world();
    for (const to of ['v9', '-4', '4f2c1a9']) {
      const result = await app.rollback(to);
      expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'configuration', version: 'v4' });
      expect(errorsOf(result)).toHaveLength(1);
      expect(errorsOf(result)[0]).toMatch(/-1 {2}v3 .*-2 {2}v2 .*-3 {2}v1 /);
    }
    expect(expectGreen(await app.rollback('v4')).outputs).toMatchObject({ status: 'unchanged', version: 'v4', 'active-color': 'green' });
    expect(world()).toBe(before);
  });

  test('to the version that still runs: one patch per Service, nothing applied; the base follows', async () => {
    const uids = () =>
      app
        .get('pods', '--selector=todo-deploy.dev/color=blue')
        .items.map((pod: { metadata: { uid: string } }) => pod.metadata.uid)
        .sort();
    const [before, pods] = [revisions(), uids()];
    const result = expectGreen(await app.rollback('previous', { reason: 'answers are slow', 'keep-old': 'warm' }));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v3', 'previous-version': 'v4', 'active-color': 'blue' });
    expect(app.colors()).toEqual(['blue', 'blue']);
    expect(await asked()).toMatchObject({ version: 'v3', greeting: 'hello from v3', backend: { version: 'v3' } });
    // Its workers were at zero, and run again.
    expect(uids()).toEqual(expect.arrayContaining(pods));
    expect([replicas('pair-worker-blue'), replicas('pair-worker-green')]).toEqual([1, 0]);
    expect(label('pair-frontend')).toBe('v3');
    expect(revisions().filter((name) => !before.includes(name))).toEqual([
      expect.stringMatching(/^secret\/sh\.helm\.release\.v1\.pair\.v\d+$/),
    ]);
    expect(app.journal().history[0]).toMatchObject({ version: 'v3', actor: 'ada', rollback: { from: 'v4', reason: 'answers are slow' } });
    expect(result.summary).toContain('## pair: rolled back to v3');
    expect(result.summary).toContain('Rolled back from `v4`: answers are slow');
  });

  test('the version that was left does not come back by itself', async () => {
    const result = expectGreen(await deploy('v4'));
    expect(result.outputs).toMatchObject({ status: 'superseded', version: 'v3' });
    expect(result.summary).toContain('v4 was rolled back by ada');
  });

  test('a rollback of the rollback', async () => {
    const result = expectGreen(await app.rollback('previous', { 'keep-old': 'zero' }));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v4', 'previous-version': 'v3', 'active-color': 'green' });
    expect(replicas('pair-frontend-blue')).toBe(0);
  });

  test('two back, in the color that it never had: configuration and hosts are its own', async () => {
    await registry.crane('tag', `${app.image}:v2`, 'stable');
    const plan = expectGreen(await app.rollback('stable', { 'dry-run': 'true' }));
    expect(plan.log.join('\n')).toContain('The tag stable is an image of v2');
    expect(plan.outputs).toMatchObject({ status: 'planned', version: 'v4' });
    expect(plan.summary).toContain('data.GREETING: changed (value hidden)');
    expect(plan.summary).not.toContain('hello from');
    const result = expectGreen(await app.rollback('-2'));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v2', 'active-color': 'blue' });
    expect(await asked()).toMatchObject({ version: 'v2', greeting: 'hello from v2', backend: { version: 'v2' } });
    expect(label('pair-frontend')).toBe('v2');
  });

  test('three back, whose tag the registry has lost, but not the digest; by its size, too', async () => {
    await registry.crane('delete', `${app.image}:v1`);
    expect(await registry.tags(app.image)).not.toContain('v1');
    const result = expectGreen(await app.rollback('-3'));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v1', 'active-color': 'green', 'previous-version': 'v2' });
    expect(await asked()).toMatchObject({ version: 'v1', greeting: 'hello from v1' });
    expect(replicas('pair-frontend-green')).toBe(3);
    expect(result.summary).toContain('helm test passed');
  });

  test('a version whose digest is gone is refused before anything is touched', async () => {
    await registry.crane('delete', reference('v3'));
    const before = world();
    const result = await app.rollback('v3');
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'image-not-found', 'rolled-back': 'false', version: 'v1' });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toContain(`The registry does not have ${reference('v3')}`);
    expect(world()).toBe(before);
  });

  test('a target that crashes now ends where it began: red, the cause named, the active color never left', async () => {
    app.kubectl('create', 'secret', 'generic', 'outside', '--from-literal=CRASH_AFTER_MS=300');
    const result = await app.rollback('v4');
    app.kubectl('delete', 'secret', 'outside');
    expect(result.outputs).toMatchObject({
      status: 'rolled-back',
      'failure-reason': 'crash-loop',
      'rolled-back': 'true',
      version: 'v1',
      'active-color': 'green',
      'switch-ms': '',
    });
    expect(errorsOf(result)).toHaveLength(1);
    expect(errorsOf(result)[0]).toMatch(
      /Container "\w+" of Deployment\/pair-\w+-blue crashes right after it starts: \d+ times \(exit code 1\)/,
    );
    expect(result.summary).toContain('## pair: rollback to v4 failed, v1 serves');
    expect(app.colors()).toEqual(['green', 'green']);
    expect(label('pair-frontend')).toBe('v1');
    expect(app.journal().inFlight).toBeUndefined();
  });

  test('killed under traffic: the post step puts users back where they were', async () => {
    let child: Child | undefined;
    const killed = await app.rollback(
      'v4',
      { bake: '60s' },
      {
        onStart: (started) => {
          child = started;
        },
        onLine: (line) => {
          if (line.includes('Watch v4')) setTimeout(() => child?.kill('SIGKILL'), 500);
        },
      },
    );
    expectKilled(killed);
    expect(app.colors()).toEqual(['blue', 'blue']);
    const post = await app.rollback('v4', {}, { step: 'post', state: killed.state, tempDir: killed.tempDir });
    expect(post.log.join('\n')).toContain('Switched back to green');
    expect([app.colors(), app.journal().inFlight]).toEqual([['green', 'green'], undefined]);
  });

  test('past a migration that cannot be undone: refused, unless it is allowed', async () => {
    expectGreen(await deploy('v2', { chart: chartWith('0042-drop-notes'), 'allow-older': 'true', 'keep-old': 'warm' }));
    expect(app.journal().history[0].migrations).toMatchObject([{ name: 'pair-migrate', irreversible: '0042-drop-notes' }]);
    const before = world();
    const result = await app.rollback('previous');
    expect(result.outputs).toMatchObject({ status: 'failed', 'failure-reason': 'irreversible', version: 'v2' });
    expect(errorsOf(result)[0]).toContain('Job/pair-migrate (0042-drop-notes) ran after v1 and cannot be undone');
    expect(world()).toBe(before);
  });

  test('one that still runs and fails its checks: nobody saw it, and it is left as it was', async () => {
    const smoke = '- {service: pair-frontend, path: /, status: 418}';
    const result = await app.rollback('previous', { 'allow-irreversible': 'true', smoke });
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': 'smoke-failed', version: 'v2', 'switch-ms': '' });
    expect([app.colors(), replicas('pair-frontend-green')]).toEqual([['blue', 'blue'], 3]);
  });

  test('one that still runs, though the registry has lost it: a warning', async () => {
    await registry.crane('delete', reference('v1'));
    const result = expectGreen(await app.rollback('previous', { 'allow-irreversible': 'true' }));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v1', 'active-color': 'green' });
    expect(result.log.join('\n')).toContain(`::warning::The registry no longer has ${reference('v1')}`);
  });

  test('through all of this no request was lost, and none was answered by two versions', () => {
    for (const node of NODES) {
      const { lost, mixed, sent, versions } = app.stopLoad(node);
      expect({ lost, mixed }).toEqual({ lost: [], mixed: [] });
      expect(sent).toBeGreaterThan(1_000);
      expect(Object.keys(versions).sort()).toEqual(['v1', 'v2', 'v3', 'v4']);
    }
  });
});
