import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execaSync } from 'execa';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { environment, workplace } from './support.ts';

const { namespace, folder, kubernetes, files } = workplace('td-tools-helm-variables');
const chart = join(folder, 'chart');
mkdirSync(join(chart, 'templates'), { recursive: true });
writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: probe\nversion: 1.0.0\n');
writeFileSync(
  join(chart, 'templates', 'all.yaml'),
  `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data:
  revision: "{{ .Release.Revision }}"
  kube: {{ .Capabilities.KubeVersion }}
  found: {{ (lookup "v1" "Namespace" "" .Release.Namespace).metadata.name }}
`,
);

/** What Helm renders in a job with these variables. */
async function renderIn(job: Readonly<Record<string, string>>) {
  const runner = new NodeProcessRunner({ env: { ...environment, ...job } });
  const helm = new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace });
  const render = await helm.render({ release: 'probe', chart, values: { files: [], inline: '' } });
  return { render, history: await helm.history('probe') };
}

test('all of Helm’s variables at their worst render the same chart, from the same cluster', async () => {
  const help = execaSync('helm', ['--help'], { env: environment }).stdout;
  const names = [...new Set([...help.matchAll(/^\| \$([A-Z_]+)/gm)].map(([, name = '']) => name))];
  expect(names.length).toBeGreaterThan(20);
  const plugin = join(folder, 'data', 'plugins', 'broken');
  mkdirSync(plugin, { recursive: true });
  writeFileSync(join(plugin, 'plugin.yaml'), 'no: plugin');
  const places = Object.fromEntries(names.filter((name) => /_HOME$|_CONFIG$|_CACHE$/.test(name)).map((name) => [name, join(folder, name)]));
  const worst: Record<string, string> = {
    ...Object.fromEntries(names.map((name) => [name, '/nowhere'])),
    ...places,
    ...{ HELM_DATA_HOME: join(folder, 'data'), HELM_PLUGINS: join(folder, 'data', 'plugins') },
    ...{ HELM_DEBUG: 'true', HELM_DRIVER: 'configmap', HELM_NAMESPACE: 'kube-system', HELM_KUBETOKEN: 'x', HELM_KUBEASUSER: 'nobody' },
    ...{ HELM_KUBEAPISERVER: 'https://127.0.0.1:9', HELM_KUBEINSECURE_SKIP_TLS_VERIFY: 'true', HELM_QPS: '0.001', HELM_BURST_LIMIT: '1' },
    ...{
      HELM_BIN: '/nowhere',
      HELM_EXPERIMENTAL_OCI: '1',
      HELM_PPROF_CPU_PROFILE: join(folder, 'cpu'),
      HELM_PPROF_MEM_PROFILE: join(folder, 'mem'),
    },
  };
  const plain = await renderIn({});
  expect(plain.render.manifest).toContain(`found: ${namespace}`);
  expect(await renderIn(worst)).toEqual(plain);
}, 60_000);
