import { connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { HttpError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { ProxyServer } from './rules.ts';

const LIMIT_MS = 15_000;
const MAX_HEAD = 16 * 1024;

interface TunnelOptions {
  proxy: ProxyServer;
  /** Where to, with its port. */
  target: string;
  /** For a proxy that is spoken to by https. */
  ca?: string[] | undefined;
  timeoutMs?: number | undefined;
}

/** A connection through a proxy (CONNECT), as if it were one to the target. Throws HttpError that names the proxy. */
export function openTunnel({ proxy, target, ca, timeoutMs = LIMIT_MS }: TunnelOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectProxy(proxy, ca);
    const failed = (what: string, cause?: unknown): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).destroy();
      reject(proxyError(proxy, `${what} (asked for ${target})`, cause));
    };
    const timer = setTimeout(() => failed(`did not answer within ${timeoutMs / 1000} s`), timeoutMs);
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length > MAX_HEAD) failed('did not answer as a proxy');
      if (end < 0) return;
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1];
      if (status === undefined || !status.startsWith('2')) {
        failed(`answered ${status ?? 'something else than HTTP'}${WORDS[status ?? ''] ?? ''}`);
        return;
      }
      clearTimeout(timer);
      socket.pause();
      socket.off('data', onData).off('error', onError).off('close', onClose);
      const rest = head.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(socket);
    };
    const onError = (cause: Error): void => failed(`cannot be reached: ${messageOf(cause)}`, cause);
    const onClose = (): void => failed('closed the connection');
    socket.on('data', onData).once('error', onError).once('close', onClose);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${headerLine(proxy)}\r\n`);
  });
}

const WORDS: Readonly<Record<string, string>> = {
  '403': ': it does not let this runner go there',
  '407': ': it asks for a user name and a password',
  '502': ': it could not get there',
  '503': ': it could not get there',
};

const proxyError = ({ url, source }: ProxyServer, what: string, cause?: unknown): HttpError =>
  new HttpError(`the proxy ${url.host} of ${source} ${what}`, { status: 0, code: 'Proxy', cause });

function connectProxy({ url }: ProxyServer, ca: string[] | undefined): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  return secure ? tlsConnect({ host, port, ca, servername: host, ALPNProtocols: ['http/1.1'] }) : netConnect({ host, port });
}

/** The value of Proxy-Authorization; undefined where the proxy's address has no user. */
export function proxyAuthorization({ url }: ProxyServer): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
}

function headerLine(proxy: ProxyServer): string {
  const authorization = proxyAuthorization(proxy);
  return `User-Agent: todo-deploy\r\n${authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`}`;
}
