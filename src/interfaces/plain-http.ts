/** Names hosts that may be spoken to without TLS though something secret is sent: the word of whoever owns the network in between. */
export const PLAIN_HTTP = 'TODO_DEPLOY_PLAIN_HTTP';

/** Docker and browsers trust what is on the machine itself without TLS. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);

/** `host` with its port, as in an address. A name without a port stands for all of its ports. Never leaves this machine: always allowed. */
export function isPlainAllowed(host: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (isLoopback(host)) return true;
  const named = (env.TODO_DEPLOY_PLAIN_HTTP ?? '').split(/[\s,]+/).map((name) => name.toLowerCase());
  return named.includes(host.toLowerCase()) || named.includes(host.toLowerCase().replace(/:\d+$/, ''));
}

/** Names of headers whose values open something. */
const SECRET_HEADER = /^(authorization|proxy-authorization|cookie)$|token|secret|password|session|api-?key|\bauth\b/i;

/** Whether a request would send something secret without TLS where nobody has allowed it. Returns the header's name, else undefined. */
export function exposedHeader(
  url: URL,
  headers: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (url.protocol !== 'http:' || isPlainAllowed(url.host, env)) return undefined;
  return Object.keys(headers).find((name) => SECRET_HEADER.test(name));
}
