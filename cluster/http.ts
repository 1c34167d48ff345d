import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { PATHS } from './config.ts';
import { certFile, keyFile } from './pki.ts';

export interface Answer {
  status: number;
  body: string;
}

/** GET over TLS with our own CA, as the user of a client certificate if one is named. For readiness checks: short limit, no redirects. */
export function get(url: string, options: { as?: string; ca?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const { as, ca = PATHS.caFile, headers = {} } = options;
  const client = as ? { cert: readFileSync(certFile(as)), key: readFileSync(keyFile(as)) } : {};
  const settings: RequestOptions = { ca: readFileSync(ca), ...client, headers, timeout: 3_000, agent: false };
  return new Promise((resolve, reject) => {
    const call = request(url, settings, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 3 s')));
    call.on('error', reject);
    call.end();
  });
}

/** True once `url` answers 200; false while nothing listens there yet. */
export async function answersOk(url: string, options: Parameters<typeof get>[1] = {}): Promise<boolean> {
  return get(url, options).then(
    (answer) => answer.status === 200,
    () => false,
  );
}
