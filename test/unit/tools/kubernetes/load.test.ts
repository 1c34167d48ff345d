import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';
import { CredentialSource } from '../../../../src/tools/kubernetes/credentials.ts';
import { classify, type KubeconfigSource, loadKubeconfig } from '../../../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function config(options: { cluster?: object; user?: object; current?: string; name?: string } = {}): string {
  const name = options.name ?? 'one';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': options.current ?? name,
    clusters: [{ name, cluster: { server: `https://${name}:6443`, ...options.cluster } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'app' } }],
    users: [{ name, user: options.user ?? { token: 'secret-token' } }],
  });
}
const load = (source: KubeconfigSource) => loadKubeconfig({ env: { HOME: folder }, ...source });

describe('a kubeconfig', () => {
  test('is taken as content, in base64, or as a path', () => {
    const path = join(folder, 'given');
    writeFileSync(path, config());
    for (const input of [config(), base64(config()), `${base64(config()).slice(0, 80)}\n${base64(config()).slice(80)}`, path]) {
      expect(load({ input })).toMatchObject({ context: 'one', server: 'https://one:6443', namespace: 'app' });
    }
    expect([classify('apiVersion: v1\nkind: Config'), classify('./kube/config'), classify('a'.repeat(300))]).toEqual([
      'content',
      'path',
      'base64',
    ]);
  });

  test('without one comes from KUBECONFIG, merged as kubectl does, else from the home', () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    writeFileSync(first, config({ name: 'one' }));
    writeFileSync(second, config({ name: 'two' }));
    expect(load({ env: { KUBECONFIG: `${first}:/no/such/file:${second}` } }).context).toBe('one');
    expect(load({ env: { KUBECONFIG: `${first}:${second}` }, context: 'two' }).server).toBe('https://two:6443');
    mkdirSync(join(folder, '.kube'));
    writeFileSync(join(folder, '.kube', 'config'), config({ name: 'home' }));
    expect(load({}).context).toBe('home');
    rmSync(join(folder, '.kube'), { recursive: true });
    expect(() => load({})).toThrow('No cluster is configured');
  });

  test('with credentials for a plain http address is refused, unless that host is this machine or is named', () => {
    const at = (server: string, user: object = { token: 'canary-token' }, env = {}) =>
      load({ content: config({ cluster: { server }, user }), env: { HOME: folder, ...env } }).server;
    for (const user of [{ token: 'canary-token' }, { tokenFile: '/t' }, { username: 'u', password: 'p' }, { exec: { command: 'login' } }]) {
      expect(() => at('http://10.0.0.7:8080', user)).toThrow(
        /names http:\/\/10\.0\.0\.7:8080: its credentials would go there unencrypted$/,
      );
    }
    expect(() => at('http://localhost.evil.example:8080')).toThrow('unencrypted');
    expect(() => at('http://10.0.0.7:8080', undefined, { TODO_DEPLOY_PLAIN_HTTP: '10.0.0.70:8080' })).toThrow('unencrypted');
    // As of `kubectl proxy`.
    expect(at('http://127.0.0.1:8001')).toBe('http://127.0.0.1:8001');
    expect(at('http://10.0.0.7:8080', {})).toBe('http://10.0.0.7:8080');
    for (const word of ['10.0.0.7:8080', 'registry.lan, 10.0.0.7']) {
      expect(at('http://10.0.0.7:8080', undefined, { TODO_DEPLOY_PLAIN_HTTP: word })).toBe('http://10.0.0.7:8080');
    }
  });

  test('paths in it are relative to it', () => {
    const path = join(folder, 'relative');
    writeFileSync(
      path,
      config({ cluster: { 'certificate-authority': 'ca.crt' }, user: { tokenFile: 'sub/token', exec: { command: './login' } } }),
    );
    const { selected } = load({ path });
    expect(selected.cluster['certificate-authority']).toBe(join(folder, 'ca.crt'));
    expect([selected.user.tokenFile, selected.user.exec?.command]).toEqual([join(folder, 'sub/token'), join(folder, 'login')]);
  });

  test('for Helm is a file of its own with the one context', () => {
    let written = '';
    const files = { file: (_name: string, content: string | Uint8Array) => (written = String(content)), directory: () => '' };
    load({ content: config() }).kubeconfigFile(files);
    const copy = parse(written) as { contexts: unknown[]; users: unknown[]; 'current-context': string };
    expect([copy['current-context'], copy.contexts.length, copy.users]).toEqual([
      'one',
      1,
      [{ name: 'user', user: { token: 'secret-token' } }],
    ]);
  });

  test('its tokens and keys are masked, not its every line', () => {
    const masked: string[] = [];
    const key = '-----BEGIN KEY-----\nabcd\n-----END KEY-----';
    load({ content: config({ user: { token: 'secret-token', 'client-key-data': base64(key) } }), mask: (value) => masked.push(value) });
    expect(masked).toEqual(['secret-token', base64(key), key]);
  });

  const wrong: [what: string, source: KubeconfigSource, message: string][] = [
    ['no YAML', { content: 'a: [\n' }, 'The kubeconfig (input) is not valid YAML'],
    ['something else', { content: 'hello: world\n' }, 'The kubeconfig (input) has no clusters and contexts'],
    [
      'a path that is not there',
      { input: './none' },
      'Input "kubeconfig" is neither a kubeconfig, nor the base64 of one, nor the path of a file that is there',
    ],
    ['no list', { content: 'clusters: {}\ncontexts: []\n' }, 'The kubeconfig (input): clusters is not a list'],
    ['no name', { content: 'clusters: []\ncontexts: [hidden-word]\n' }, 'The kubeconfig (input): contexts[0] has no name'],
    ['a number as token', { content: config({ user: { token: 12345 } }) }, 'users[0].user.token is not text; put it in quotes'],
    ['a plugin without command', { content: config({ user: { exec: { args: ['hidden-word'] } } }) }, 'users[0].user.exec is not a command'],
    ['another context', { content: config(), context: 'two' }, 'The kubeconfig (input) has no context "two"; it has one'],
    ['a current context that is not there', { content: config({ current: 'x' }) }, 'has no context "x"'],
    [
      'a proxy that is none',
      { content: config({ cluster: { 'proxy-url': 'socks5://proxy:1080' } }) },
      'proxy-url of the kubeconfig (input) names a proxy by socks5, which is not supported',
    ],
    ['no address', { content: config({ cluster: { server: 'one' } }) }, 'names the server "one", which is not an https address'],
    [
      'auth-provider',
      { content: config({ user: { 'auth-provider': { name: 'gcp' } } }) },
      'uses auth-provider, which Kubernetes has removed',
    ],
  ];
  test.each(wrong)('with %s is refused', (_what, source, message) => {
    expect(() => load(source)).toThrow(ConfigurationError);
    expect(() => load(source)).toThrow(message);
  });

  test('that is not valid is never quoted', () => {
    expect(() => load({ content: 'token: secret\n  - [broken' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('credentials', () => {
  const source = (user: object, mask?: (secret: string) => void) =>
    new CredentialSource(load({ content: config({ user, cluster: { 'certificate-authority-data': 'Q0E=' } }) }).selected, {
      runner: new NodeProcessRunner(),
      mask,
    });

  test('from a token, a file, a name and password, a certificate', async () => {
    const path = join(folder, 'token');
    writeFileSync(path, 'from-file\n');
    expect(await source({ token: 't' }).get()).toEqual({ headers: { authorization: 'Bearer t' } });
    expect(await source({ token: 't', tokenFile: path }).get()).toEqual({ headers: { authorization: 'Bearer from-file' } });
    expect(await source({ username: 'a', password: 'b' }).get()).toEqual({ headers: { authorization: `Basic ${base64('a:b')}` } });
    expect(await source({ 'client-certificate-data': base64('C'), 'client-key-data': base64('K') }).get()).toEqual({
      headers: {},
      cert: 'C',
      key: 'K',
    });
  });

  test('from a login program: run once for many requests, masked, again when they run out', async () => {
    const login = join(folder, 'login.sh');
    writeFileSync(
      login,
      `#!/bin/sh\necho x >> "$0.runs"\nN=$(wc -l < "$0.runs")\ncase "$KUBERNETES_EXEC_INFO" in *'"server":"https://one:6443"'*) ;; *) exit 9;; esac\nprintf '{"status":{"token":"%s-%s","expirationTimestamp":"%s"}}' "$PREFIX" "$N" "$UNTIL"\n`,
      { mode: 0o755 },
    );
    const masked: string[] = [];
    const env = (until: string) => [
      { name: 'PREFIX', value: 'token' },
      { name: 'UNTIL', value: until },
    ];
    const lasting = source({ exec: { command: login, provideClusterInfo: true, env: env('2100-01-01T00:00:00Z') } }, (value) =>
      masked.push(value),
    );
    const [one, two] = await Promise.all([lasting.get(), lasting.get()]);
    expect([one.headers, two.headers, (await lasting.get()).headers].map((headers) => headers.authorization)).toEqual(
      Array(3).fill('Bearer token-1'),
    );
    expect(masked).toContain('token-1');
    expect(lasting.forget()).toBe(true);
    expect((await lasting.get()).headers.authorization).toBe('Bearer token-2');
    const short = source({ exec: { command: login, provideClusterInfo: true, env: env('2000-01-01T00:00:00Z') } });
    await short.get();
    expect((await short.get()).headers.authorization).toBe('Bearer token-4');
  });

  test('of a login program that fails or says nothing useful', async () => {
    await expect(source({ exec: { command: 'no-such-login', installHint: 'install it' } }).get()).rejects.toMatchObject({
      hint: 'install it',
    });
    await expect(source({ exec: { command: 'echo', args: ['token: secret'] } }).get()).rejects.toThrow(
      'returned neither a token nor a certificate',
    );
    expect(source({ token: 't' }).forget()).toBe(false);
  });
});
