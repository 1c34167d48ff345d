import { isIP } from 'node:net';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { inBlock } from '../../interfaces/ip-block.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProxyServer {
  url: URL;
  /** Which variable or setting names it, for errors. */
  source: string;
}

/**
 * The proxy for an address by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (also in small letters), by the rules that Go's programs follow, Helm, buildx
 * and Trivy among them; undefined for none. Throws ConfigurationError for a proxy that cannot be one.
 */
export function proxyFor(url: URL, env: Environment): ProxyServer | undefined {
  const source = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const named = valueIn(env, source);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (named === '' || isExempt(hostOf(url), port, valueIn(env, 'NO_PROXY'))) return undefined;
  return parseProxy(named, source);
}

const valueIn = (env: Environment, name: string): string => (env[name] || env[name.toLowerCase()] || '').trim();

/** Without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').toLowerCase();

/** `proxy.corp:3128` is `http://proxy.corp:3128`. It may hold a password and is never quoted. Throws ConfigurationError. */
export function parseProxy(text: string, source: string): ProxyServer {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url !== null && url.hostname !== '' && ['http:', 'https:'].includes(url.protocol)) return { url, source };
  const what = url === null ? 'is not the address of a proxy' : `names a proxy by ${url.protocol.replace(':', '')}, which is not supported`;
  throw new ConfigurationError(`${source} ${what}`, {
    hint: 'write http://proxy.example.com:3128, or https://…, with user:password@ where it asks for them',
  });
}

/** As Go does it: this machine is always exempt; a name stands for itself and what is below it, `.name` for what is below it, and `*` for all. */
function isExempt(host: string, port: string, noProxy: string): boolean {
  if (host === 'localhost' || isLoopbackAddress(host)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(host, port, entry));
}

const isLoopbackAddress = (host: string): boolean => host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

function matches(host: string, port: string, entry: string): boolean {
  if (entry.includes('/')) return inBlock(host, entry) === true;
  const { name, only } = portOf(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(name) !== 0) return name === host;
  if (name.startsWith('.') || name.startsWith('*.')) return host.endsWith(name.replace(/^\*/, ''));
  return host === name || host.endsWith(`.${name}`);
}

function portOf(entry: string): { name: string; only: string | undefined } {
  if (isIP(entry) !== 0) return { name: entry, only: undefined };
  const [, name = entry, only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: name.replace(/^\[|\]$/g, ''), only };
}
