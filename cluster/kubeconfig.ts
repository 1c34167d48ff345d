import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { API_SERVER, CONTEXT, PATHS } from './config.ts';
import { writeText } from './files.ts';
import { certFile, keyFile } from './pki.ts';

/** Writes a kubeconfig (mode 0600, all data inline) for the user of a client certificate. Returns its path. */
export async function writeKubeconfig(certificate: string, path = join(PATHS.etc, `${certificate}.kubeconfig`)): Promise<string> {
  const [ca, cert, key] = await Promise.all([PATHS.caFile, certFile(certificate), keyFile(certificate)].map(base64));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CONTEXT, cluster: { server: API_SERVER, 'certificate-authority-data': ca } }],
    users: [{ name: certificate, user: { 'client-certificate-data': cert, 'client-key-data': key } }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: certificate } }],
    'current-context': CONTEXT,
  };
  return writeText(path, stringify(config, { lineWidth: 0 }));
}

async function base64(path: string): Promise<string> {
  return (await readFile(path)).toString('base64');
}
