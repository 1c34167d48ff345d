import { isMap } from '../../interfaces/values.ts';

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  cluster: ['server', 'certificate-authority', 'certificate-authority-data', 'tls-server-name', 'proxy-url'],
  context: ['cluster', 'user', 'namespace'],
  user: [
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'token',
    'tokenFile',
    'username',
    'password',
    'as',
  ],
};

/** Returns the first place of a kubeconfig that has another type than Kubernetes gives it; undefined where all of it fits. Nothing of it is quoted. */
export function misfit(file: Readonly<Record<string, unknown>>): string | undefined {
  if (!isText(file['current-context'])) return 'current-context is not text';
  for (const [field, texts] of Object.entries(TEXTS)) {
    const list = file[`${field}s`] ?? [];
    if (!Array.isArray(list)) return `${field}s is not a list`;
    for (const [index, entry] of list.entries()) {
      const place = `${field}s[${index}]`;
      if (!isMap(entry) || typeof entry.name !== 'string') return `${place} has no name`;
      const inner = entry[field] ?? {};
      if (!isMap(inner)) return `${place}.${field} is not a map`;
      const wrong = texts.find((name) => !isText(inner[name]));
      if (wrong !== undefined) return `${place}.${field}.${wrong} is not text; put it in quotes`;
      if (field === 'user' && !isPlugin(inner.exec)) return `${place}.user.exec is not a command with arguments and variables`;
    }
  }
  return undefined;
}

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string';

function isPlugin(exec: unknown): boolean {
  if (exec === undefined || exec === null) return true;
  if (!isMap(exec) || typeof exec.command !== 'string' || !isText(exec.installHint)) return false;
  const [args, env] = [exec.args ?? [], exec.env ?? []];
  if (!Array.isArray(args) || !Array.isArray(env)) return false;
  const pairs = env.every((pair) => isMap(pair) && typeof pair.name === 'string' && typeof pair.value === 'string');
  return pairs && args.every((argument) => typeof argument === 'string');
}
