import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { errorsOf, runAction } from '../support/action.ts';
import { seenBy, watchPrograms } from '../support/programs.ts';
import { cluster, workplace } from './tools/support.ts';

const { namespace, folder } = workplace('td-environment');

/** The cluster's kubeconfig, with a login program in place of its certificate. It writes down what it gets. */
function kubeconfig(program: string): string {
  const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
  const [entry] = config.users;
  const pem = (name: string): string => Buffer.from(entry.user[`${name}-data`], 'base64').toString();
  const status = { clientCertificateData: pem('client-certificate'), clientKeyData: pem('client-key') };
  const apiVersion = 'client.authentication.k8s.io/v1';
  writeFileSync(join(folder, 'credential.json'), JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  writeFileSync(program, `#!/bin/sh\nenv >> '${program}.env'\ncat '${join(folder, 'credential.json')}'\n`, { mode: 0o755 });
  entry.user = { exec: { apiVersion, command: program, interactiveMode: 'Never' } };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, stringify(config));
  return path;
}

test('a deploy’s programs see no token but the login program’s own', async () => {
  const chart = join(folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: probe\nversion: 1.0.0\n');
  const pods = '{metadata: {labels: {app: probe}}, spec: {containers: [{name: probe, image: "pause:3"}]}}';
  const deployment = `metadata: {name: probe}\nspec: {selector: {matchLabels: {app: probe}}, template: ${pods}}\n`;
  writeFileSync(join(chart, 'templates', 'a.yaml'), `apiVersion: apps/v1\nkind: Deployment\n${deployment}`);
  const program = join(folder, 'doctl');
  const path = kubeconfig(program);
  const watched = watchPrograms();
  const result = await runAction({
    action: 'actions/deploy',
    cwd: folder,
    inputs: {
      chart: './chart',
      release: 'probe',
      namespace,
      kubeconfig: path,
      version: '1.0.0',
      secrets: 'probe/key=canary-of-the-app',
      'dry-run': 'true',
    },
    env: {
      ...cluster.env,
      GITHUB_ACTIONS: 'true',
      ...watched.env,
      DIGITALOCEAN_ACCESS_TOKEN: 'of-doctl',
      HELM_DEBUG: 'true',
      HELM_DRIVER: 'memory',
    },
  });
  const programs = watched.stop();
  expect(errorsOf(result)).toEqual([]);
  expect([...programs.keys()].some((command) => command.startsWith('helm upgrade '))).toBe(true);
  expect(seenBy(programs, [['input', 'canary-of-the-app']])).toEqual([]);
  expect(seenBy(programs)).toEqual([]);
  expect(result.log.filter((line) => line.startsWith('Helm does not get HELM_DEBUG, HELM_DRIVER'))).toHaveLength(1);
  expect(existsSync(`${program}.env`)).toBe(true);
  const got = readFileSync(`${program}.env`, 'utf8');
  expect(got).toContain('DIGITALOCEAN_ACCESS_TOKEN=of-doctl');
  expect(got).not.toContain('canary-of-');
});
