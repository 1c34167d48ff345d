import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeployOptions, DeployOutcome } from '../../../src/deploy/index.ts';
import { CRD } from '../../../src/deploy/kube/names.ts';
import type { KindRef, KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { App, type Ended } from '../support/app.ts';

let app: App;
let folder: string;
const groups: string[] = [];
beforeAll(async () => {
  app = await App.create('td-siblings');
  folder = mkdtempSync(join(tmpdir(), 'siblings-'));
});
afterEach(async () => {
  // A definition is the cluster's, and a group is used once.
  for (const group of groups.splice(0)) await app.kubernetes.delete({ ...CRD, name: `issuers.${group}` });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.remove();
});

/** A kind of this test alone. */
function newGroup(name: string): string {
  const group = `${name}.${app.namespace}.example`;
  groups.push(group);
  return group;
}

const definition = (group: string, version = 'v1'): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: issuers.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: Issuer, plural: issuers, singular: issuer, listKind: IssuerList}
  versions:
    - name: ${version}
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;
const issuer = (group: string, more = ''): string => `apiVersion: ${group}/v1
kind: Issuer
metadata:
  name: own
${more}spec: {size: 9007199254740993}
`;
const HOOK = '  annotations: {"helm.sh/hook": post-install}\n';
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}-web"}
spec:
  selector: {matchLabels: {app: "{{ .Release.Name }}"}}
  template:
    metadata: {labels: {app: "{{ .Release.Name }}"}}
    spec: {containers: [{name: web, image: "registry.example/app:{{ .Values.image.tag }}", ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}-web"}
spec: {selector: {app: "{{ .Release.Name }}"}, ports: [{port: 80, targetPort: 8080}]}
`;

/** A chart with a web workload and these files. */
function chart(name: string, files: Readonly<Record<string, string>>): string {
  const all = { 'Chart.yaml': `{apiVersion: v2, name: ${name}, version: 1.0.0}`, 'templates/web.yaml': WEB, ...files };
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name, file)), { recursive: true });
    writeFileSync(join(folder, name, file), content);
  }
  return join(folder, name);
}

const ended = ({ outcome }: Ended): DeployOutcome => {
  if (outcome === 'killed') throw new Error('the run was killed');
  return outcome;
};
const run = async (path: string, more: Partial<DeployOptions> = {}): Promise<DeployOutcome> =>
  ended(await app.deploy('v1-good', undefined, { chart: path, smoke: [], release: path.split('/').at(-1) ?? '', ...more }));
/** How it ended, with the reason where it is red. */
const end = ({ status, error }: DeployOutcome): string => error?.message ?? status;
const live = (group: string): Promise<KubernetesObject | undefined> =>
  app.kubernetes.get({ apiVersion: `${group}/v1`, kind: 'Issuer', name: 'own' } as KindRef & { name: string });

describe('a definition and what it defines in one chart', () => {
  test('in crds/ and the templates: planned without it, deployed with it', async () => {
    const group = newGroup('a');
    const path = chart('crds', {
      'crds/issuers.yaml': definition(group),
      'templates/issuer.yaml': `{{- if .Capabilities.APIVersions.Has "${group}/v1" }}\n# known\n{{- end }}\n${issuer(group)}`,
    });
    const planned = await run(path, { dryRun: true });
    expect(end(planned)).toBe('planned');
    expect(planned.dryRun?.later).toEqual([
      expect.stringMatching(/^The cluster does not know all of the chart's kinds yet: it was rendered without the cluster/),
      `Issuer/own (${group}/v1, templates/issuer.yaml line 5) can be checked once CustomResourceDefinition/issuers.${group} is there`,
    ]);
    expect(await app.kubernetes.get({ ...CRD, name: `issuers.${group}` })).toBeUndefined();
    expect(end(await run(path))).toBe('deployed');
    expect((await live(group))?.spec).toEqual({ size: 9_007_199_254_740_993n });
    expect(end(await run(path, { version: 'v2-good', values: app.values('v2-good') }))).toBe('deployed');
  });

  test('in the templates, and a post hook of its kind', async () => {
    const group = newGroup('b');
    const path = chart('hook', { 'templates/definition.yaml': definition(group), 'templates/issuer.yaml': issuer(group, HOOK) });
    const planned = await run(path, { dryRun: true });
    expect(end(planned)).toBe('planned');
    expect(planned.dryRun?.later).toEqual([
      `Issuer/own-blue-check (${group}/v1, templates/issuer.yaml line 2) can be checked once CustomResourceDefinition/issuers.${group} is there`,
    ]);
    expect(end(await run(path))).toBe('deployed');
    expect(await app.kubernetes.get({ apiVersion: `${group}/v1`, kind: 'Issuer', name: 'own-blue' })).toBeDefined();
  });

  test('both in the templates, where Helm alone gives up', async () => {
    const group = newGroup('c');
    const path = chart('both', { 'templates/definition.yaml': definition(group), 'templates/issuer.yaml': issuer(group) });
    expect(end(await run(path, { dryRun: true }))).toBe('planned');
    expect(end(await run(path))).toBe('deployed');
    expect(await live(group)).toBeDefined();
  });
});

describe('what is the chart’s own mistake', () => {
  test('is told all at once, beside what waits: object, apiVersion, template and line', async () => {
    const group = newGroup('d');
    const path = chart('wrong', {
      'crds/issuers.yaml': definition(group),
      'templates/issuer.yaml': issuer(group),
      'templates/monitor.yaml': 'apiVersion: monitoring.example/v1\nkind: Monitor\nmetadata:\n  name: web\n',
      'templates/metrics.yaml':
        '# metrics\napiVersion: v1\nkind: Service\nmetadata:\n  name: metrics\nspec:\n  selector: {app: none}\n  ports:\n    - name: http\n      port: 99999\n',
      'templates/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: typo\ndta: {}\n',
    });
    for (const dryRun of [true, false]) {
      const { error } = await run(path, { dryRun });
      expect(error?.reason).toBe('chart-invalid');
      expect(error?.message.split('\n- ')).toEqual([
        'The API server refuses 3 objects:',
        expect.stringMatching(/^ConfigMap\/typo \(v1, templates\/config.yaml line 5\): .*dta: field not declared/),
        expect.stringMatching(/^Service\/metrics \(v1, templates\/metrics.yaml line 10\): .*spec\.ports\[0\]\.port: Invalid value: 99999/),
        'Monitor/web (monitoring.example/v1, templates/monitor.yaml line 2): The cluster does not know the kind Monitor (monitoring.example/v1)',
      ]);
    }
    expect(await app.kubernetes.get({ ...CRD, name: `issuers.${group}` })).toBeUndefined();
  });

  test('a version that the chart’s own definition does not serve', async () => {
    const group = newGroup('e');
    const path = chart('old', { 'crds/issuers.yaml': definition(group, 'v2'), 'templates/issuer.yaml': issuer(group) });
    const { error } = await run(path, { dryRun: true });
    expect(error?.message).toBe(
      `The API server refuses Issuer/own (${group}/v1, templates/issuer.yaml line 2): The cluster does not know the kind Issuer (${group}/v1)`,
    );
  });
});

test('a dry run before the namespace is there says what it cannot know', async () => {
  const other = await App.absent('td-later');
  try {
    const path = chart('later', {});
    const planned = ended(await other.deploy('v1-good', undefined, { chart: path, smoke: [], release: 'later', dryRun: true }));
    expect(end(planned)).toBe('planned');
    expect(planned.dryRun?.later).toContain(
      `Deployment/later-web-blue (apps/v1, templates/web.yaml line 2) can be checked once Namespace/${other.namespace} is there`,
    );
  } finally {
    await other.remove();
  }
});

test('a Role that is not there yet does not keep its binding', async () => {
  const path = chart('binding', {
    'templates/rbac.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reads}
subjects: [{kind: ServiceAccount, name: reads}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reads}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
`,
    'templates/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Release.Namespace }}-jobs\n',
    'templates/elsewhere.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: elsewhere\n  namespace: {{ .Release.Namespace }}-jobs\ndata: {a: b}\n',
  });
  const planned = await run(path, { dryRun: true });
  expect(end(planned)).toBe('planned');
  expect(planned.dryRun?.later).toEqual([
    `ConfigMap/elsewhere (v1, templates/elsewhere.yaml line 2) can be checked once Namespace/${app.namespace}-jobs is there`,
  ]);
  expect(end(await run(path))).toBe('deployed');
});
