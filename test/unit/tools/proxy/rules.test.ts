import { describe, expect, test } from '@jest/globals';
import { proxyFor } from '../../../../src/tools/proxy/rules.ts';

const PROXIES = { HTTPS_PROXY: 'http://secure:3128', HTTP_PROXY: 'plain:3128' };
const host = (url: string, env: Record<string, string> = PROXIES): string | undefined => proxyFor(new URL(url), env)?.url.host;

describe('the proxy of an address', () => {
  test('is the one of its scheme, in either spelling, with http:// where nothing is said', () => {
    expect([host('https://a.example'), host('http://a.example')]).toEqual(['secure:3128', 'plain:3128']);
    expect(host('https://a.example', { https_proxy: 'http://small:1' })).toBe('small:1');
    expect(host('https://a.example', { HTTP_PROXY: 'plain:3128', ALL_PROXY: 'all:1' })).toBeUndefined();
    expect(host('https://a.example', {})).toBeUndefined();
  });

  test.each(['https://localhost:6443', 'http://127.0.0.1:8080', 'https://127.8.9.1', 'https://[::1]:5000'])(
    'is none for this machine: %s',
    (url) => {
      expect(host(url)).toBeUndefined();
    },
  );

  // As Go reads NO_PROXY (golang.org/x/net/http/httpproxy).
  test.each([
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://api.example.com', true],
    ['example.com', 'https://badexample.com', false],
    ['.example.com', 'https://example.com', false],
    ['.example.com', 'https://api.example.com', true],
    ['*.example.com', 'https://api.example.com', true],
    ['EXAMPLE.com', 'https://Api.Example.COM', true],
    ['*', 'https://anything.example', true],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/8', 'https://ten.example', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:443', 'https://10.1.2.3', true],
    ['10.1.2.3:8443', 'https://10.1.2.3', false],
    ['kube.example:6443', 'https://kube.example:6443', true],
    ['kube.example:6443', 'https://kube.example', false],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['fd00::1', 'https://[fd00::1]:6443', true],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['a.example , ,b.example', 'https://b.example', true],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['', 'https://example.com', false],
  ])('NO_PROXY %j exempts %s: %j', (NO_PROXY, url, exempt) => {
    expect(host(url, { ...PROXIES, NO_PROXY })).toBe(exempt ? undefined : 'secure:3128');
    expect(host(url, { ...PROXIES, no_proxy: NO_PROXY })).toBe(exempt ? undefined : 'secure:3128');
  });

  test('that cannot be one is said by its variable, without its password', () => {
    for (const wrong of ['socks5://me:canary@proxy:1080', 'http://me:canary@:x', 'http://me:canary@proxy:port']) {
      expect(() => host('https://a.example', { HTTPS_PROXY: wrong })).toThrow(/^HTTPS_PROXY (is not the address of|names) a proxy/);
      expect(() => host('https://a.example', { HTTPS_PROXY: wrong })).not.toThrow(/canary/);
    }
  });
});
