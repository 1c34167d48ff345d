import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import type { Environment } from './allow.ts';

const AWS = ['AWS_*'];
const GOOGLE = ['GOOGLE_*', 'CLOUDSDK_*'];
const AZURE = ['AZURE_*', 'AAD_*', 'ARM_*', 'MSI_*', 'IDENTITY_*'];
const DIGITALOCEAN = ['DIGITALOCEAN_*'];
const KEYRING = ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'GNUPGHOME', 'PASSWORD_STORE_DIR', 'GPG_TTY'];

/** Programs that log in at a cluster or a registry, and the variables that each takes its own credentials from. */
const LOGINS: Readonly<Record<string, readonly string[]>> = {
  doctl: DIGITALOCEAN,
  aws: AWS,
  'aws-iam-authenticator': AWS,
  'aws-vault': [...AWS, ...KEYRING],
  'gke-gcloud-auth-plugin': GOOGLE,
  gcloud: GOOGLE,
  kubelogin: AZURE,
  az: AZURE,
  tsh: ['TELEPORT_*', 'TSH_*'],
  vault: ['VAULT_*'],
  oci: ['OCI_*'],
  scw: ['SCW_*'],
  'docker-credential-ecr-login': AWS,
  'docker-credential-gcr': GOOGLE,
  'docker-credential-gcloud': GOOGLE,
  'docker-credential-acr-env': AZURE,
  'docker-credential-acr': AZURE,
  'docker-credential-ghcr-login': ['GITHUB_TOKEN'],
  'docker-credential-desktop': [],
  'docker-credential-osxkeychain': [],
  'docker-credential-secretservice': KEYRING,
  'docker-credential-pass': KEYRING,
};

/** One that we do not know gets what clouds take, never GitHub's tokens or ours. */
const UNKNOWN = [...AWS, ...GOOGLE, ...AZURE, ...DIGITALOCEAN, ...KEYRING];

/**
 * Returns which variables a login program gets. It may be started by another one (`sh -c "aws eks get-token …"`), so every word is looked at.
 */
export function loginVariables(command: readonly string[], env: readonly string[] = []): string[] {
  const words = command.flatMap((part) => part.split(/[\s"';&|()]+/)).map((word) => word.slice(word.lastIndexOf('/') + 1));
  const known = words.filter((word) => Object.hasOwn(LOGINS, word));
  const allowed = known.length === 0 ? UNKNOWN : known.flatMap((word) => LOGINS[word] ?? []);
  const identity = known.includes('kubelogin') && [...words, ...env].some((word) => word.replace(/^.*=/, '') === 'workloadidentity');
  return [...new Set([...allowed, ...(identity ? ['ACTIONS_ID_TOKEN_REQUEST_*'] : [])])];
}

interface Exec {
  command: string;
  args?: readonly string[] | null | undefined;
  env?: readonly { name: string; value: string }[] | null | undefined;
}

/** Returns what a kubeconfig's login program gets, for whoever starts it: us, or Helm. */
export function pluginVariables(exec: Exec | null | undefined): string[] {
  if (!exec) return [];
  return loginVariables(
    [exec.command, ...(exec.args ?? [])],
    (exec.env ?? []).map(({ value }) => value),
  );
}

/** Returns what the credential helpers of docker's configuration get, for programs that start them. */
export function helperVariables(env: Environment): string[] {
  const path = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker'), 'config.json');
  if (!existsSync(path)) return [];
  try {
    const config = tryJsonObject<{ credsStore: unknown; credHelpers: Record<string, unknown> }>(readFileSync(path, 'utf8')) ?? {};
    const helpers = [config.credsStore, ...Object.values(config.credHelpers ?? {})];
    return helpers.flatMap((helper) =>
      typeof helper === 'string' && helper !== '' ? loginVariables([`docker-credential-${helper}`]) : [],
    );
  } catch {
    // Who reads it for its logins says what is wrong with it.
    return [];
  }
}

/** Registries at which a client may log in by itself with its cloud's credentials. */
const CLOUD_REGISTRIES: readonly [RegExp, readonly string[]][] = [
  [/^[^/]+\.amazonaws\.com(\.cn)?\//, AWS],
  [/^[^/]+\.azurecr\.io\//, AZURE],
  [/^([^/]+-docker\.pkg\.dev|([a-z]+\.)?gcr\.io)\//, GOOGLE],
];

/** Returns which of a cloud's credentials these addresses (`host/repository`) may need. A mirror for everybody needs none. */
export function registryVariables(addresses: readonly string[]): string[] {
  const own = addresses.filter((address) => !address.startsWith('mirror.gcr.io/'));
  return CLOUD_REGISTRIES.filter(([pattern]) => own.some((address) => pattern.test(address))).flatMap(([, names]) => names);
}
