/**
 * Why a download of Trivy's failed, by its own words. The first that fits: an address of this machine is asked by HTTPS and then by HTTP, and both
 * answers are there.
 */
const CAUSES: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/TOOMANYREQUESTS|429 Too Many Requests/i, () => 'TOOMANYREQUESTS (the registry limits how often it is asked)'],
  [/proxyconnect tcp: ([^;\n]{0,160})/, ([, why = '']) => `the proxy of HTTPS_PROXY does not answer (${why})`],
  [/lookup ([\w.-]{1,253})[^\n]*: no such host/, ([, host = '']) => `no such host: ${host} (DNS)`],
  [
    /lookup ([\w.-]{1,253})[^\n]*: (?:server misbehaving|i\/o timeout|Temporary failure)/,
    ([, host = '']) => `DNS does not answer for ${host}`,
  ],
  [/connection refused/, () => 'connection refused'],
  [/no route to host|network is unreachable/, ([what]) => what ?? ''],
  [/x509: ([^;\n]{0,160})/, ([, why = '']) => `its certificate is not trusted (${why}); SSL_CERT_FILE names own authorities`],
  [/UNAUTHORIZED|401 Unauthorized/, () => 'UNAUTHORIZED (a login is missing or wrong: docker login, or TRIVY_USERNAME and TRIVY_PASSWORD)'],
  [/DENIED|403 Forbidden/, () => 'DENIED'],
  [/MANIFEST_UNKNOWN|NAME_UNKNOWN|404 Not Found/, () => 'there is no such database'],
  [/unexpected status code (\d{3} [A-Z][A-Za-z ]{0,40})/, ([, status = '']) => `it answers ${status}`],
  [/HTTP response to HTTPS client/, () => 'it answers in plain HTTP, which TRIVY_INSECURE=true allows'],
  [/no space left on device/, ([what]) => what ?? ''],
  [/context deadline exceeded|i\/o timeout|Client\.Timeout|handshake timeout/, () => 'no answer in time'],
  [/connection reset by peer|unexpected EOF|broken pipe/, ([what]) => what ?? ''],
  [/failed to download artifact from \S+: ([^\n]{1,300})/, ([, why = '']) => why],
];

export function downloadCause(stderr: string): string {
  for (const [pattern, say] of CAUSES) {
    const match = pattern.exec(stderr);
    if (match) return say(match);
  }
  return lastReason(stderr);
}

/** Returns the last line with an error, without time and level. */
export function lastReason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.findLast((line) => /FATAL|ERROR|error/.test(line)) ?? lines.at(-1) ?? '')
    .replace(/^\S+\s+(FATAL|ERROR)\s+(Fatal error\s+)?/, '')
    .slice(0, 500);
}

/** Trivy stops by itself at its limit. */
export const ranOut = (stderr: string): boolean => /context deadline exceeded|higher timeout value/.test(stderr);

export type Lacking = 'Java database' | 'vulnerability database';

/** Returns which database a scan cannot do without, or cannot read. */
export function lacking(stderr: string): Lacking | undefined {
  if (/skip-java-db-update'? cannot be specified on the first run|cannot skip downloading Java DB/.test(stderr)) return 'Java database';
  return /\bDB error: /.test(stderr) ? 'vulnerability database' : undefined;
}
