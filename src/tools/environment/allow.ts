/** A program's environment is an allow list: nothing reaches it because a job or an earlier step happens to have set it. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every program gets: where programs and files are, its language, how the network is reached and whom to trust there. */
export const EVERY_PROGRAM = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'TZ',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'XDG_*',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NIX_SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
];

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Returns the variables whose names are in `allowed`; `AWS_*` stands for all names that begin so. */
export function pick(env: Environment, allowed: readonly string[]): Record<string, string> {
  const found = Object.entries(env).filter(([name]) => allowed.some((pattern) => matches(name, pattern)));
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Returns the names of a program's own variables (`TRIVY_…`) that are set and not passed on, sorted. */
export function dropped(env: Environment, prefix: string, allowed: readonly string[]): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && env[name] && !allowed.some((pattern) => matches(name, pattern)))
    .sort();
}
