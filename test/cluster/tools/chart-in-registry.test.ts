import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';
import { cluster, environment, failure, workplace } from './support.ts';

const { namespace, folder, kubernetes, files } = workplace('td-chart-registry');
const { host, username, password } = cluster.registry;
const repository = `${host}/${namespace}/charts/todo`;

/** Nobody's logins. */
const none = { DOCKER_CONFIG: join(folder, 'none'), HELM_REGISTRY_CONFIG: join(folder, 'none', 'helm.json') };
const own = { ...none, HELM_REGISTRY_CONFIG: join(folder, 'own.json') };

beforeAll(async () => {
  const chart = join(folder, 'todo');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  mkdirSync(join(chart, 'crds'));
  mkdirSync(none.DOCKER_CONFIG);
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: todo\nversion: 1.2.3\n');
  writeFileSync(join(chart, 'templates/a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-registry}\n');
  writeFileSync(join(chart, 'crds/a.yaml'), '# a definition\n');
  const run = (...args: string[]) => execa('helm', args, { env: { ...environment, ...own }, cwd: folder });
  await execa('helm', ['registry', 'login', host, `--username=${username}`, '--password-stdin'], {
    env: { ...environment, ...own },
    input: password,
  });
  await run('package', chart);
  await run('push', 'todo-1.2.3.tgz', `oci://${host}/${namespace}/charts`);
}, 60_000);

function helmIn(job: Readonly<Record<string, string>>, login?: { username: string; password: string }): HelmCli {
  const runner = new NodeProcessRunner({ env: { ...environment, ...job } });
  return new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace, loginFor: async () => login });
}
const render = (helm: HelmCli) =>
  helm.render({ release: 'todo', chart: `oci://${repository}:1.2.3`, values: { files: [] }, install: true });

describe('a chart in a registry', () => {
  test('is read with a login of the product’s own, its definitions too', async () => {
    const helm = helmIn(none, { username, password });
    expect((await render(helm)).manifest).toContain('from-registry');
    expect(await helm.crds(`oci://${repository}`, '1.2.3')).toContain('a definition');
  });

  test('is read with what `helm registry login` left', async () => {
    expect((await render(helmIn(own))).manifest).toContain('from-registry');
  });

  test.each([
    [undefined, 'this runner, which has no login,'],
    [{ username, password: 'wrong-password' }, 'this login'],
  ])('is not read with %j: that is said, and what to do', async (login, who) => {
    const error = await failure(render(helmIn(none, login)));
    expect(error.message).toBe(`The registry ${host} does not let ${who} read the chart ${repository}:1.2.3`);
    expect(error.reason).toBe('access-denied');
    expect(error.hint).toContain(`\`helm registry login ${host}\``);
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain('wrong-password');
  });
});
