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
