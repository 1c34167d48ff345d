/** Inputs whose value must not stand in a command line, where every user of the machine can read it; with the variable that is read instead. */
export const SECRET_INPUTS = {
  secrets: 'TODO_DEPLOY_SECRETS',
  'build-secrets': 'TODO_DEPLOY_BUILD_SECRETS',
  password: 'TODO_DEPLOY_PASSWORD',
  'github-token': 'GITHUB_TOKEN',
  'digitalocean-token': 'DIGITALOCEAN_ACCESS_TOKEN',
  kubeconfig: 'KUBECONFIG',
  'access-key-id': 'AWS_ACCESS_KEY_ID',
  'secret-access-key': 'AWS_SECRET_ACCESS_KEY',
  'database-password': 'DATABASE_PASSWORD',
  'database-url': 'DATABASE_URL',
  identity: 'AGE_IDENTITY',
  'login-password': 'LOGIN_PASSWORD',
  'ping-url': 'PING_URL',
} as const;

export type SecretInput = keyof typeof SECRET_INPUTS;

export const isSecretInput = (name: string): name is SecretInput => name in SECRET_INPUTS;

/** Read by the actions themselves: nothing to hand over. */
const READ_ANYWAY: ReadonlySet<string> = new Set(['DIGITALOCEAN_ACCESS_TOKEN', 'KUBECONFIG']);

/** Secret inputs that the environment gives, of those that the command has. */
export function secretsFromEnvironment(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const found = names.filter(isSecretInput).flatMap((name) => {
    const variable = SECRET_INPUTS[name];
    const value = READ_ANYWAY.has(variable) ? undefined : env[variable];
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(found);
}
