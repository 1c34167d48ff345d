import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BuildPushInputs, readBuildPushInputs } from '../../../../../src/actions/build-push/inputs.ts';
import { readPipelineInputs } from '../../../../../src/actions/pipeline/inputs.ts';
import { createContext } from '../../../../../src/runtime/action.ts';

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'load-'));
  for (const folder of ['web', 'chart']) mkdirSync(join(workspace, folder));
  writeFileSync(join(workspace, 'web/Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(workspace, 'chart/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
});
afterAll(() => rmSync(workspace, { recursive: true }));

const contextWith = (inputs: Readonly<Record<string, string>>) => {
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return createContext('test', new AbortController().signal, {
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(workspace, 'temp'),
    ...variables,
  });
};
const read = (inputs: Readonly<Record<string, string>>): BuildPushInputs =>
  readBuildPushInputs(contextWith({ images: 'web: ./web', ...inputs }));

describe('input load', () => {
  test.each([
    ['auto', { kind: 'auto', name: undefined }],
    ['kind', { kind: 'kind', name: undefined }],
    ['kind/dev', { kind: 'kind', name: 'dev' }],
    ['minikube/shop', { kind: 'minikube', name: 'shop' }],
    ['docker-desktop', { kind: 'docker-desktop', name: undefined }],
  ])('%s', (load, expected) => expect(read({ load }).load).toMatchObject(expected));

  test.each(['', 'off', 'false'])('"%s" is none, and then there must be a registry', (load) => {
    expect(read({ load, registry: 'r.example/acme' }).load).toBeUndefined();
    expect(() => read({ load })).toThrow('Input "registry" is empty');
  });

  test('nothing is pushed, and no registry is a cache', () => {
    expect(read({ load: 'auto' })).toMatchObject({ push: false, cache: 'off', registry: '' });
    expect(read({ load: 'auto', registry: 'r.example/acme', cache: 'registry' })).toMatchObject({ push: false, cache: 'off' });
    expect(read({ load: 'auto', cache: 'gha' })).toMatchObject({ cache: 'gha' });
  });

  test('commands are words', () => {
    const load = read({ load: 'containerd', 'load-command': 'ssh one  sudo ctr images import -\nssh two ctr images import -' }).load;
    expect(load?.commands).toEqual([
      ['ssh', 'one', 'sudo', 'ctr', 'images', 'import', '-'],
      ['ssh', 'two', 'ctr', 'images', 'import', '-'],
    ]);
  });

  test.each<[Record<string, string>, string]>([
    [{ load: 'true' }, 'Input "load" is "true": it names the cluster here'],
    [{ load: 'knid' }, '"knid" is no home cluster; did you mean "kind"?'],
    [{ load: 'docker-desktop/a' }, 'docker-desktop takes no name'],
    [{ load: 'kind/-a' }, '"-a" is no name of a cluster'],
    [{ load: 'kind/a/b' }, '"a/b" is no name of a cluster'],
    [{ load: 'kind', 'load-command': 'ctr' }, 'Input "load-command" is for load: containerd, and "load" is kind'],
    [{ 'load-command': 'ctr', registry: 'r.example/acme' }, 'Input "load-command" is set, but "load" is not'],
    [{ load: 'containerd', 'load-command': 'ctr import - | tee' }, 'no shell reads it, and it has |'],
    [{ load: 'containerd', 'load-command': '--help' }, 'no program'],
    [{ load: 'auto', push: 'true' }, 'Inputs "load" and "push" are both set'],
    [{ load: 'auto', sbom: 'true' }, 'Input "sbom" is true, but "load" is set'],
    [{ load: 'auto', provenance: 'true' }, 'Input "provenance" is true, but "load" is set'],
    [{ load: 'auto', username: 'ada', password: 'secret-word' }, 'Input "username" is set, but "registry" is empty'],
    [{ load: 'auto', platforms: 'linux/amd64,linux/arm64' }, 'Image "web" is for linux/amd64, linux/arm64, but "load" is set'],
    [{ load: 'auto', rebuild: 'weekly' }, '"weekly" goes by what the registry holds'],
  ])('%j is refused', (inputs, message) => expect(() => read(inputs)).toThrow(message));
});

describe('the pipeline', () => {
  const pipeline = (inputs: Readonly<Record<string, string>>) =>
    readPipelineInputs(contextWith({ images: 'web: ./web', chart: './chart', load: 'kind/dev', ...inputs }));

  test('loads into the cluster that it deploys to', () => {
    expect(pipeline({ context: 'kind-dev' }).build.load).toMatchObject({
      isDeployed: true,
      dryRun: false,
      kubeconfig: { input: '', context: 'kind-dev' },
    });
    expect(pipeline({ 'dry-run': 'true' }).build.load).toMatchObject({ dryRun: true });
  });

  test('refuses a cluster of DigitalOcean', () => {
    expect(() => pipeline({ cluster: 'acme', 'digitalocean-token': 'dop_v1_token' })).toThrow('Inputs "load" and "cluster" are both set');
  });
});
