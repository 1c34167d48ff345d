import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pick } from '../../../../src/tools/environment/allow.ts';
import { helperVariables, pluginVariables, registryVariables } from '../../../../src/tools/environment/logins.ts';

const names = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN', 'GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CONFIG', 'AZURE_CLIENT_ID'],
  ...[
    'DIGITALOCEAN_ACCESS_TOKEN',
    'GITHUB_TOKEN',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'DATABASE_URL',
    'INPUT_SECRETS',
  ],
];
const env = Object.fromEntries(names.map((name) => [name, 'x']));
const gets = (allowed: readonly string[]): string[] => Object.keys(pick(env, allowed));

describe('a login program of a kubeconfig', () => {
  const CLOUDS = names.slice(0, 6);
  test.each([
    ['doctl', ['kubernetes', 'cluster', 'kubeconfig', 'exec-credential'], ['DIGITALOCEAN_ACCESS_TOKEN']],
    ['/usr/local/bin/aws', ['eks', 'get-token'], ['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']],
    ['sh', ['-c', 'exec aws eks get-token --cluster-name todo'], ['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']],
    ['gke-gcloud-auth-plugin', [], ['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_CONFIG']],
    ['kubelogin', ['get-token', '--login', 'spn'], ['AZURE_CLIENT_ID']],
    ['kubelogin', ['get-token', '--login', 'workloadidentity'], ['AZURE_CLIENT_ID', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']],
    ['./login.sh', [], CLOUDS],
  ])('%s %j gets its own credentials alone', (command, args, expected) => {
    expect(gets(pluginVariables({ command, args }))).toEqual(expected);
  });

  test('there is none', () => expect(pluginVariables(undefined)).toEqual([]));
});

test('helpers of docker’s logins get theirs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'));
  const helpers = (config: string) => {
    writeFileSync(join(folder, 'config.json'), config);
    return gets(helperVariables({ DOCKER_CONFIG: folder }));
  };
  expect(helpers('{"auths":{"ghcr.io":{"auth":"x"}}}')).toEqual([]);
  expect(helpers('{"credHelpers":{"1.dkr.ecr.eu.amazonaws.com":"ecr-login"}}')).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']);
  expect(helpers('{"credsStore":"ghcr-login"}')).toEqual(['GITHUB_TOKEN']);
  expect(helpers('{"credHelpers":{"a.io":""}}')).toEqual([]);
  expect(helpers('no JSON')).toEqual([]);
  expect(helperVariables({ DOCKER_CONFIG: join(folder, 'none') })).toEqual([]);
});

test('a registry of a cloud may need that cloud’s credentials', () => {
  expect(gets(registryVariables(['1.dkr.ecr.eu-central-1.amazonaws.com/trivy-db:2']))).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']);
  expect(gets(registryVariables(['acme.azurecr.io/trivy-db:2', 'eu-docker.pkg.dev/acme/db/trivy-db:2']))).toEqual([
    'GOOGLE_APPLICATION_CREDENTIALS',
    'CLOUDSDK_CONFIG',
    'AZURE_CLIENT_ID',
  ]);
  expect(
    gets(registryVariables(['mirror.gcr.io/aquasec/trivy-db', 'ghcr.io/aquasecurity/trivy-db', 'db.example/amazonaws.com/db'])),
  ).toEqual([]);
});
