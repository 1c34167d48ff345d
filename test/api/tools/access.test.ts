import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { State } from '../../../src/runtime/state.ts';
import { TempFiles } from '../../../src/runtime/temp.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs, loadKubeconfig } from '../../../src/tools/kubernetes/load.ts';
import { access, environment, failure, kubeconfig, manager, ref, runner, workplace } from '../support/api.ts';

const { namespace, folder, kubernetes, configMap } = workplace('td-tools-access');

describe('access to the cluster', () => {
  test('acting as a service account, only what it was given is allowed', async () => {
    await kubernetes.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace } }, manager);
    const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] };
    await kubernetes.apply(
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace }, rules: [rule] },
      manager,
    );
    await kubernetes.apply(
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
      },
      manager,
    );
    const reader = new KubernetesClient(actingAs(access, `system:serviceaccount:${namespace}:reader`), { namespace });
    const may = { verb: 'get', group: '', resource: 'configmaps', namespace };
    const mayNot = { verb: 'delete', group: '', resource: 'configmaps', namespace };
    const mayNotInside = { verb: 'get', group: '', resource: 'configmaps', subresource: 'scale', namespace };
    const mayNotOutside = { verb: 'get', group: '', resource: 'configmaps', namespace: 'kube-system' };
    const mayNotEverywhere = { verb: 'get', group: '', resource: 'configmaps' };
    const forbidden = [mayNot, mayNotInside, mayNotOutside, mayNotEverywhere];
    expect(await reader.denied([may, ...forbidden])).toEqual(forbidden);
    expect(await reader.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toHaveProperty('items');
    // What is not there needs no right to be deleted.
    await kubernetes.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', namespace } }, manager);
    const refused = await failure(reader.delete(ref('owned')));
    expect([refused.status, refused.code]).toEqual([403, 'Forbidden']);
    await reader.close();
  });

  test('acting as a service account drops the groups that the kubeconfig’s user acts with, for Helm’s programs too', async () => {
    const file = parse(readFileSync(kubeconfig, 'utf8')) as { users: { user: object }[] };
    const wide = { as: 'somebody', 'as-groups': ['system:masters'], 'as-uid': '7', 'as-user-extra': { scopes: ['all'] } };
    for (const entry of file.users) entry.user = { ...entry.user, ...wide };
    const masters = loadKubeconfig({ content: stringify(file) });
    const everything = { verb: 'delete', group: '', resource: 'secrets' };
    const before = new KubernetesClient(masters, { namespace });
    expect(await before.denied([everything])).toEqual([]);
    const narrow = actingAs(masters, `system:serviceaccount:${namespace}:reader`);
    const after = new KubernetesClient(narrow, { namespace });
    expect(await after.denied([everything])).toEqual([everything]);
    const path = narrow.kubeconfigFile(new TempFiles(folder, new State({})));
    const who = execFileSync('kubectl', ['auth', 'whoami', '--output=json', '--kubeconfig', path], { env: environment, encoding: 'utf8' });
    const { userInfo } = JSON.parse(who).status;
    expect([userInfo.username, userInfo.groups.includes('system:masters'), userInfo.extra]).toEqual([
      `system:serviceaccount:${namespace}:reader`,
      false,
      undefined,
    ]);
    await Promise.all([before.close(), after.close()]);
  });

  test('a login program of the kubeconfig gives a token, and another one when the first is refused', async () => {
    const token = execFileSync('kubectl', ['create', 'token', 'reader', '--namespace', namespace, '--kubeconfig', kubeconfig], {
      env: environment,
      encoding: 'utf8',
    }).trim();
    const login = join(folder, 'login.sh');
    // The first answer is a token that the cluster does not know.
    writeFileSync(
      login,
      `#!/bin/sh\nif [ -e "$0.used" ]; then T='${token}'; else T=stale; touch "$0.used"; fi\nprintf '{"kind":"ExecCredential","status":{"token":"%s"}}' "$T"\n`,
      { mode: 0o700 },
    );
    const file = parse(readFileSync(kubeconfig, 'utf8')) as { users: { user: object }[] };
    for (const entry of file.users)
      entry.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: login, interactiveMode: 'Never' } };
    const reader = new KubernetesClient(loadKubeconfig({ base64: Buffer.from(stringify(file)).toString('base64') }), { namespace, runner });
    expect(await reader.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toHaveProperty('items');
    expect((await failure(reader.list({ apiVersion: 'v1', kind: 'Secret' }))).message).toContain(
      `system:serviceaccount:${namespace}:reader`,
    );
    await reader.close();
  }, 30_000);

  test('another certificate authority is a TLS failure, unless asked not to look', async () => {
    const file = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, unknown> }[] };
    const cut = (more: object) => {
      const clusters = file.clusters.map((entry) => {
        const { 'certificate-authority-data': _data, 'certificate-authority': _file, ...rest } = entry.cluster;
        return { ...entry, cluster: { ...rest, ...more } };
      });
      return new KubernetesClient(loadKubeconfig({ content: stringify({ ...file, clusters }) }), { namespace });
    };
    const strict = cut({ 'certificate-authority-data': Buffer.from(rootCertificates[0] ?? '').toString('base64') });
    expect(await failure(strict.create(configMap('tls', {})))).toMatchObject({ status: 0, code: 'Tls' });
    const lax = cut({ 'insecure-skip-tls-verify': true });
    expect(await lax.serverVersion()).toMatch(/^v1/);
    await Promise.all([strict.close(), lax.close()]);
  });

  test('an API server that does not listen is said so, with its address', async () => {
    const text = readFileSync(kubeconfig, 'utf8').replaceAll(/server: .*/g, 'server: https://127.0.0.1:1');
    const dead = new KubernetesClient(loadKubeconfig({ content: text }), { namespace });
    const error = await failure(dead.create(configMap('x', {})));
    expect([error.status, error.code]).toEqual([0, 'Refused']);
    expect(error.message).toContain('https://127.0.0.1:1');
  }, 60_000);
});
