import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ProcessError } from '../../../src/interfaces/errors.ts';
import type { PartChart } from '../../../src/interfaces/helm.ts';
import type { Secret } from '../../../src/interfaces/objects.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { releaseSecret, withStatus } from '../../../src/tools/helm/release-secret.ts';
import { failure, ref, runner, workplace } from '../support/api.ts';

const { namespace, folder, kubernetes, files, configMap } = workplace('td-tools-helm');

describe('HelmCli', () => {
  const helm = new HelmCli({
    runner,
    helmPath: 'helm',
    kubernetes,
    relay: kubernetes.relay,
    files,
    namespace,
  });
  const braces = '{{ .Values.x }} {{{ }}} {{- "a" -}}\n---\n{{"{{"}}';
  const part: PartChart = {
    chart: { name: 'part', version: '1.2.3', appVersion: '9' },
    templates: { 'cm.json': JSON.stringify(configMap('from-helm', { braces })) },
  };
  const options = { release: 'part', part, values: { a: 1 }, description: 'a "first" try', timeoutMs: 30_000 };

  test('a part chart is applied literally, recorded, and read back as it was packed', async () => {
    expect(await helm.history('part')).toEqual([]);
    expect(await helm.recordedPart('part')).toBeUndefined();
    await helm.validate(options);
    expect(await kubernetes.get(ref('from-helm'))).toBeUndefined();
    expect(await helm.apply(options)).toMatchObject({ revision: 1, status: 'deployed', chart: 'part-1.2.3', appVersion: '9' });
    const live = await kubernetes.get(ref('from-helm'));
    expect(live?.data).toEqual({ braces });
    expect(live?.metadata.managedFields?.map(({ manager: name, operation }) => [name, operation])).toEqual([['helm', 'Apply']]);
    expect(await helm.recordedPart('part')).toEqual({ part, values: { a: 1 } });
    await helm.apply({ ...options, values: {}, description: 'second' });
    expect((await helm.history('part')).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'deployed'],
    ]);
    expect((await helm.recordedPart('part', 1))?.values).toEqual({ a: 1 });
    expect(await helm.manifest('part')).toContain('# Source: part/templates/cm.json');
    expect(await helm.apply(options)).toMatchObject({ revision: 3, status: 'deployed' });
  }, 60_000);

  test('a pending revision that a killed run left is cleared, and Helm works on', async () => {
    const secret = releaseSecret('part', 3);
    const held = (await kubernetes.get(secret)) as Secret;
    await kubernetes.replace(withStatus(held, 'pending-upgrade', 'killed'));
    const busy = (await failure(helm.apply(options))) as unknown as ProcessError;
    expect(busy).toBeInstanceOf(ProcessError);
    expect(busy.stderr).toContain('another operation');
    expect(await helm.clearPending('part')).toBe(true);
    expect(await helm.clearPending('part')).toBe(false);
    expect((await helm.history('part')).at(-1)?.status).toBe('failed');
    expect(await helm.apply(options)).toMatchObject({ revision: 4, status: 'deployed' });
  }, 60_000);

  test('a chart is rendered as Helm would install or upgrade it', async () => {
    const chart = join(folder, 'chart');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: c\nversion: 0.1.0\n');
    const template = (name: string, annotations = '') =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotations}data: {install: "{{ .Release.IsInstall }}", v: "{{ .Values.v }}"}\n`;
    writeFileSync(join(chart, 'templates', 'a.yaml'), template('plain'));
    writeFileSync(
      join(chart, 'templates', 'b.yaml'),
      template('hook', '  annotations: {"helm.sh/hook": "pre-install,test", "helm.sh/hook-weight": "3"}\n'),
    );
    const values = { files: [], inline: 'v: 7' };
    const render = await helm.render({ release: 'new', chart, values });
    expect(render).toMatchObject({ release: 'new', namespace, chart: { name: 'c', version: '0.1.0' }, config: { v: 7 } });
    expect(render.manifest).toContain('install: "true", v: "7"');
    expect(render.hooks).toMatchObject([{ name: 'hook', kind: 'ConfigMap', events: ['pre-install', 'test'], weight: 3 }]);
    expect((await helm.render({ release: 'part', chart, values })).manifest).toContain('install: "false"');
    expect((await helm.render({ release: 'part', chart, values, install: true })).manifest).toContain('install: "true"');
    await expect(helm.render({ release: 'new', chart: join(folder, 'none'), values })).rejects.toThrow(/^helm upgrade failed .*not found/);
  }, 60_000);

  test('a chart of strangers reads nothing from the cluster, whether its release is there or not', async () => {
    await kubernetes.apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'own', namespace },
        stringData: { password: 'canary-of-the-cluster' },
      } as Secret,
      { fieldManager: 'test' },
    );
    const chart = join(folder, 'looks');
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: looks\nversion: 0.1.0\n');
    const found = `{{ dig "data" "password" "nothing" (lookup "v1" "Secret" "${namespace}" "own") | b64dec | quote }}`;
    writeFileSync(join(chart, 'templates', 'a.yaml'), `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {found: ${found}}\n`);
    writeFileSync(join(chart, 'templates', 'NOTES.txt'), found);
    const values = { files: [] };
    for (const release of ['new', 'part']) {
      for (const install of [true, false]) {
        const { manifest, notes } = await helm.render({ release, chart, values, install });
        expect(manifest + notes).toContain('canary-of-the-cluster');
        const without = await helm.render({ release, chart, values, install, lookups: false });
        expect(without.manifest).toContain('kind: ConfigMap');
        expect(without.manifest + without.notes).not.toContain('canary');
      }
    }
  }, 60_000);

  test('an object that is refused is named, and no whole pod template with its variables', async () => {
    const job = (value: string) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace },
      spec: {
        suspend: true,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', env: [{ name: 'DSN', value }] }] } },
      },
    });
    await kubernetes.apply(job('canary-one'), { fieldManager: 'test' });
    const refused = await failure(kubernetes.apply(job('canary-two'), { fieldManager: 'test' }));
    expect(refused.message).toMatch(/^Job.batch "once" is invalid: spec.template.spec: Invalid value: \(hidden\): field is immutable$/);
    const wanted: PartChart = { chart: { name: 'job', version: '1.0.0' }, templates: { 'job.json': JSON.stringify(job('canary-two')) } };
    const byHelm = await failure(helm.apply({ ...options, release: 'jobs', part: wanted, takeOwnership: true }));
    expect(byHelm.message + String((byHelm as { stderr?: string }).stderr)).not.toContain('canary');
    expect(byHelm.message).toContain('field is immutable');
  }, 60_000);

  test('uninstalling twice is no error', async () => {
    await helm.uninstall({ release: 'part', noHooks: true, timeoutMs: 30_000 });
    await helm.uninstall({ release: 'part', noHooks: true, timeoutMs: 30_000 });
    expect(await kubernetes.get(ref('from-helm'))).toBeUndefined();
    expect(await helm.history('part')).toEqual([]);
  }, 60_000);
});
