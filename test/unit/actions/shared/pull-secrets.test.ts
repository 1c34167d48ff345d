import { describe, expect, test } from '@jest/globals';
import { readPullSecrets } from '../../../../src/actions/shared/pull-secrets.ts';
import { providerContext } from '../../../../src/actions/shared/registries.ts';
import { pullSecret } from '../../../../src/deploy/base/pull-secret.ts';
import { createContext } from '../../../../src/runtime/action.ts';

const DOCR = 'registry.digitalocean.com';

describe('the input image-pull-secrets', () => {
  const read = (input: string, prefixes: string[], digitalOceanToken = 'dop_v1_word') => {
    const context = createContext('test', new AbortController().signal, { 'INPUT_IMAGE-PULL-SECRETS': input });
    return readPullSecrets(context.inputs, prefixes, providerContext(context, { digitalOceanToken }));
  };

  test.each([
    ['left out', '', ['', `${DOCR}/acme`, `${DOCR}/acme/team/web`], ['todo-deploy-docr-acme']],
    ['left out, two registries', '', [`${DOCR}/acme/web`, `${DOCR}/other/web`], ['todo-deploy-docr-acme', 'todo-deploy-docr-other']],
    ['left out, another registry', '', ['ghcr.io/acme'], []],
    ['named', 'mine, second', [`${DOCR}/acme`], ['mine', 'second']],
    ['none', 'none', [`${DOCR}/acme`], []],
  ])('%s', (_, input, prefixes, names) => {
    const { imagePullSecrets, pullSecrets } = read(input, prefixes);
    expect(imagePullSecrets).toEqual(names);
    expect(pullSecrets.map(({ registry }) => registry)).toEqual(
      input === '' ? names.map((name) => name.replace('todo-deploy-docr-', '')) : [],
    );
  });

  test('without a token none is kept', () => {
    expect(read('', [`${DOCR}/acme`], '')).toEqual({ imagePullSecrets: [], pullSecrets: [] });
  });
});

test('the Secret is one that a kubelet reads', () => {
  const wanted = { name: 'todo-deploy-docr-acme', host: DOCR, registry: 'acme', credentials: async () => ({ username: '', password: '' }) };
  const secret = pullSecret(wanted, 'todo', { username: 'reader', password: 'word' });
  expect(secret).toMatchObject({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: {
      name: 'todo-deploy-docr-acme',
      namespace: 'todo',
      labels: { 'app.kubernetes.io/managed-by': 'todo-deploy', 'todo-deploy.dev/registry': 'acme' },
    },
  });
  const config = JSON.parse(Buffer.from(secret.data?.['.dockerconfigjson'] ?? '', 'base64').toString());
  expect(config).toEqual({
    auths: { [DOCR]: { username: 'reader', password: 'word', auth: Buffer.from('reader:word').toString('base64') } },
  });
});
