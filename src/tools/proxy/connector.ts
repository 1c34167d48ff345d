import { Agent, buildConnector, type Dispatcher } from 'undici';
import { certificateAuthorities } from '../ca.ts';
import { type ProxyServer, proxyFor } from './rules.ts';
import { openTunnel, proxyAuthorization } from './tunnel.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Via {
  /** Of the job: proxies, and whom a proxy that is spoken to by https is trusted by. */
  env: Environment;
  /** What a direct connection is made with; TLS to the target through a tunnel too. */
  settings: buildConnector.BuildOptions;
  /** Instead of the environment's rules. */
  proxyOf?: ((target: URL) => ProxyServer | undefined) | undefined;
}

/** Connections for undici: direct, through a tunnel for https, and to the proxy itself for http, which then gets requests for whole addresses. */
export function connectorVia({ env, settings, proxyOf = (target) => proxyFor(target, env) }: Via): buildConnector.connector {
  const direct = buildConnector({ ...settings, allowH2: false });
  return (options, callback) => {
    const target = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
    const proxy = proxyOf(target);
    if (proxy === undefined) return direct(options, callback);
    const { timeout } = settings;
    const ca = certificateAuthorities(env);
    if (target.protocol === 'http:') {
      const { protocol, hostname, host, port } = proxy.url;
      return buildConnector({ ...(timeout && { timeout }), allowH2: false, ...(ca && { ca }) })(
        { protocol, hostname, host, port },
        callback,
      );
    }
    openTunnel({ proxy, target: `${target.hostname}:${target.port || 443}`, ca, timeoutMs: timeout ?? undefined }).then(
      (httpSocket) => direct({ ...options, httpSocket }, callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** An agent whose connections go as the environment says. */
export function agentVia(via: Via, options: Omit<Agent.Options, 'connect'>): Dispatcher {
  const { env, proxyOf = (target) => proxyFor(target, env) } = via;
  return new Agent({ ...options, allowH2: false, connect: connectorVia(via) }).compose((dispatch) => (request, handler) => {
    const url = new URL(request.path, String(request.origin));
    const { path, headers } = requestVia(url, proxyOf(url));
    return dispatch({ ...request, path, headers: { ...(request.headers as Record<string, string>), ...headers } }, handler);
  });
}

/** What a request line and its headers look like on their way: a proxy for http gets the whole address, and its password. */
export function requestVia(url: URL, proxy: ProxyServer | undefined): { path: string; headers: Record<string, string> } {
  const path = `${url.pathname}${url.search}`;
  if (proxy === undefined || url.protocol !== 'http:') return { path, headers: {} };
  const authorization = proxyAuthorization(proxy);
  return { path: `${url.origin}${path}`, headers: authorization === undefined ? {} : { 'proxy-authorization': authorization } };
}
