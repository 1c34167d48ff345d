import { describe, expect, test } from '@jest/globals';
import { BUILDX_VARIABLES, buildVariables } from '../../../../src/tools/buildx/environment.ts';
import { dropped, EVERY_PROGRAM, pick } from '../../../../src/tools/environment/allow.ts';
import { HELM_VARIABLES } from '../../../../src/tools/helm/environment.ts';

/** What a job on GitHub holds, all of it secret. */
const TOKENS = [
  ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'GITHUB_TOKEN', 'GH_TOKEN'],
  ...['DIGITALOCEAN_ACCESS_TOKEN', 'DATABASE_URL', 'NPM_TOKEN', 'INPUT_PASSWORD', 'STATE_processes', 'TODO_DEPLOY_SECRETS'],
  ...['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY', 'LD_PRELOAD', 'NODE_OPTIONS', 'GIT_DIR'],
];
const job = Object.fromEntries(TOKENS.map((name) => [name, 'x']));

describe('no program gets a token that it does not need', () => {
  test.each([
    ['any program', []],
    ['Helm', HELM_VARIABLES],
    ['docker and buildx', BUILDX_VARIABLES],
    ['a build with its cache in the registry', buildVariables(['type=registry,ref=a/b:buildcache'])],
  ])('%s', (_, passes) => expect(pick(job, [...EVERY_PROGRAM, ...passes])).toEqual({}));

  test('a build with GitHub’s cache gets what that cache needs', () => {
    const env = { ...job, ACTIONS_RESULTS_URL: 'https://results', ACTIONS_CACHE_URL: 'https://cache' };
    expect(Object.keys(pick(env, buildVariables(['type=gha,scope=web']))).sort()).toEqual([
      'ACTIONS_CACHE_URL',
      'ACTIONS_RESULTS_URL',
      'ACTIONS_RUNTIME_TOKEN',
    ]);
  });
});

test('what is not passed on is named, without its value', () => {
  const env = { HELM_DEBUG: 'true', HELM_KUBETOKEN: 'secret', HELM_CACHE_HOME: '/c', HELM_DRIVER: '', PATH: '/bin' };
  expect(dropped(env, 'HELM_', HELM_VARIABLES)).toEqual(['HELM_DEBUG', 'HELM_KUBETOKEN']);
});
