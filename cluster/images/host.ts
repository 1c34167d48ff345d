import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type ImageFile, packFiles } from './layer.ts';
import { run } from './process.ts';
import type { LayerRecipe, Log, StoredLayer } from './recipe.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** What this machine, and therefore an image, needs to reach package registries. */
export interface HostSettings {
  /** Certificates that this machine trusts and Debian does not know, PEM. */
  certificates: readonly string[];
  /** pip's `[global]` settings. */
  pip: Readonly<Record<string, string>>;
  /** npm's settings: the registry, and those of scopes. */
  npm: Readonly<Record<string, string>>;
}

/** Reads the settings of this machine; addresses that carry credentials are left out and named in the log. */
export async function hostSettings(base: StoredLayer, log: Log): Promise<HostSettings> {
  const known = new Set(certificatesIn(await fileIn(base, BUNDLE)));
  const trusted = await readFile(process.env.SSL_CERT_FILE ?? BUNDLE, 'utf8').catch(() => '');
  const clean = (settings: Record<string, string>) => withoutCredentials(settings, log);
  return {
    certificates: [...new Set(certificatesIn(trusted))].filter((pem) => !known.has(pem)),
    pip: clean(await pipSettings()),
    npm: clean(await npmSettings()),
  };
}

/** The layer that carries the settings; undefined where this machine needs none. */
export function hostLayer(base: StoredLayer, settings: HostSettings): LayerRecipe | undefined {
  const { certificates, pip, npm } = settings;
  if (certificates.length === 0 && Object.keys({ ...pip, ...npm }).length === 0) return undefined;
  return {
    name: 'host',
    pins: [base.descriptor.digest, settings],
    async pack(tar) {
      const files: ImageFile[] = certificates.map((pem, i) => ({
        path: `/usr/local/share/ca-certificates/host-${i + 1}.crt`,
        content: pem,
      }));
      const bundle = `${await fileIn(base, BUNDLE)}${certificates.join('')}`;
      const npmrc = { ...npm, ...(certificates.length > 0 ? { cafile: BUNDLE } : {}) };
      const pipConf = { ...pip, ...(certificates.length > 0 ? { cert: BUNDLE } : {}) };
      files.push({ path: BUNDLE, content: bundle }, { path: '/usr/local/etc/npmrc', content: ini(npmrc) });
      files.push({ path: '/etc/pip.conf', content: `[global]\n${ini(pipConf)}` });
      await packFiles(files, tar);
    },
  };
}

/** Environment of images under which programs other than npm and pip find the certificates as well. */
export function hostEnvironment({ certificates }: HostSettings): Record<string, string> {
  return certificates.length > 0 ? { NODE_EXTRA_CA_CERTS: BUNDLE } : {};
}

/** A text file out of a layer. */
export function fileIn(layer: StoredLayer, path: string): Promise<string> {
  return run('tar', ['-xzOf', layer.blob, `.${path}`]);
}

function certificatesIn(text: string): string[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((pem) => `${pem.replaceAll('\r', '')}\n`);
}

const PIP_KEYS = ['index-url', 'extra-index-url', 'trusted-host', 'timeout', 'retries'];

/** pip's own order: the machine's file, the user's file, the environment. */
async function pipSettings(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of ['/etc/pip.conf', join(homedir(), '.pip/pip.conf'), join(homedir(), '.config/pip/pip.conf')]) {
    const text = await readFile(path, 'utf8').catch(() => '');
    for (const [, key, value] of text.matchAll(/^\s*([a-z-]+)\s*[=:]\s*(\S.*?)\s*$/gm))
      found[(key ?? '').replace('default-', '')] = value ?? '';
  }
  for (const key of PIP_KEYS) {
    const name = key.toUpperCase().replaceAll('-', '_');
    const value = process.env[`PIP_${name}`] ?? process.env[`PIP_DEFAULT_${name}`];
    if (value) found[key] = value;
  }
  return Object.fromEntries(Object.entries(found).filter(([key]) => PIP_KEYS.includes(key)));
}

async function npmSettings(): Promise<Record<string, string>> {
  const all = JSON.parse(await run('npm', ['config', 'list', '--json'])) as Record<string, unknown>;
  const wanted = Object.entries(all).filter(([key, value]) => /^(@[^:]+:)?registry$/.test(key) && value !== 'https://registry.npmjs.org/');
  return Object.fromEntries(wanted.map(([key, value]) => [key, String(value)]));
}

function withoutCredentials(settings: Record<string, string>, log: Log): Record<string, string> {
  const kept = Object.entries(settings).filter(([key, value]) => {
    const secret = /\/\/[^/\s]*@/.test(value);
    if (secret) log(`images: the setting ${key} carries credentials and is left out of the base images; give it to builds as a secret`);
    return !secret;
  });
  return Object.fromEntries(kept);
}

function ini(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
}
