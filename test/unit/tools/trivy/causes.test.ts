import { expect, test } from '@jest/globals';
import { downloadCause, lacking, lastReason, ranOut } from '../../../../src/tools/trivy/causes.ts';

const fatal = (text: string) =>
  `2026-01-01T00:00:00Z\tINFO\t[vulndb] Downloading vulnerability DB...\n2026-01-01T00:00:01Z\tFATAL\tFatal error\t${text}\n`;

test.each([
  ['GET https://a.io/v2/db/manifests/2: TOOMANYREQUESTS: retry-after: 1ms, allowed: 44000/minute', 'TOOMANYREQUESTS'],
  ['Get "https://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused', 'connection refused'],
  ['Get "https://db.example/v2/": dial tcp: lookup db.example on 10.0.0.1:53: no such host', 'no such host: db.example (DNS)'],
  ['Get "https://db.example/v2/": dial tcp: lookup db.example on 10.0.0.1:53: read udp: i/o timeout', 'DNS does not answer for db.example'],
  [
    'Get "https://a.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
    'the proxy of HTTPS_PROXY does not answer',
  ],
  ['Get "https://a.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority', 'SSL_CERT_FILE'],
  ['Get "https://a.io/v2/": http: server gave HTTP response to HTTPS client', 'TRIVY_INSECURE=true'],
  ['GET https://a.io/token: UNAUTHORIZED: authentication required', 'UNAUTHORIZED (a login is missing or wrong'],
  ['GET https://a.io/v2/db/manifests/2: MANIFEST_UNKNOWN: manifest unknown', 'there is no such database'],
  ['Get "https://10.9.9.9/v2/": dial tcp 10.9.9.9:443: i/o timeout', 'no answer in time'],
  [
    'Get "https://127.0.0.1:1/v2/": http: server gave HTTP response to HTTPS client; GET http://127.0.0.1:1/v2/: unexpected status code 403 Forbidden',
    'DENIED',
  ],
  [
    'Get "https://127.0.0.1:1/v2/": http: server gave HTTP response to HTTPS client; GET http://127.0.0.1:1/v2/: unexpected status code 500 Internal Server Error: {"a":1}',
    'it answers 500 Internal Server Error',
  ],
  [
    'Get "https://10.0.0.1/v2/": x509: certificate signed by unknown authority; GET http://10.0.0.1/v2/: unexpected status code 404 Not Found',
    'not trusted (certificate signed by unknown authority)',
  ],
  ['DB error: failed to download artifact from a.io/python:3: OCI artifact must be a single layer', 'OCI artifact must be a single layer'],
  ['something else', 'something else'],
])('%s', (text, cause) => expect(downloadCause(fatal(text))).toContain(cause));

test('the last word counts, shortened', () => {
  expect(lastReason('')).toBe('');
  expect(lastReason(fatal('x'.repeat(9000)))).toHaveLength(500);
  expect([ranOut(fatal('context deadline exceeded')), ranOut(fatal('scan error'))]).toEqual([true, false]);
});

test('what a scan lacks', () => {
  expect(lacking(fatal("Java DB update failed: '--skip-java-db-update' cannot be specified on the first run"))).toBe('Java database');
  expect(lacking(fatal('run error: init error: DB error: failed to open db: invalid database'))).toBe('vulnerability database');
  expect(lacking(fatal('run error: image scan error'))).toBeUndefined();
});
