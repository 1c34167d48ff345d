import { parseArgs } from 'node:util';
import { execaSync } from 'execa';
import type { DemoCluster } from './environment.ts';

const USAGE = `npm run demo                  on the embedded cluster (Linux, root, Go)
npm run demo -- --context NAME --registry HOST/PREFIX --ingress URL[,URL] [--ingress-class CLASS] [--builder NAME]
                              on a cluster of your own: a context of your kubeconfig, a registry it can pull from (environment:
                              REGISTRY_USERNAME, REGISTRY_PASSWORD), the address of its Ingress controller. It works in a
                              namespace of its own, todo-…, and deletes that of its last run. kubectl, act and docker with buildx must be on PATH; Helm and Trivy are fetched where they are not.`;

const PROGRAMS = [
  ['kubectl', 'version', '--client'],
  ['act', '--version'],
  ['docker', 'buildx', 'version'],
] as const;

/** Returns the cluster that the arguments name; undefined for the embedded one. Throws an Error whose message is for the user. */
export function ownCluster(args: readonly string[], env: NodeJS.ProcessEnv): DemoCluster | undefined {
  const options = {
    context: { type: 'string' },
    registry: { type: 'string' },
    ingress: { type: 'string' },
    'ingress-class': { type: 'string' },
    builder: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
  if (values.context === undefined) {
    if (args.length > 0) throw new Error(`--context is missing:\n${USAGE}`);
    return undefined;
  }
  const [host = '', ...prefix] = (values.registry ?? '').split('/');
  const ingress = (values.ingress ?? '').split(',').filter((url) => URL.canParse(url));
  const { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = env;
  if (host === '' || prefix.length === 0) throw new Error(`--registry is "${values.registry ?? ''}" (allowed: host/prefix):\n${USAGE}`);
  if (ingress.length === 0) throw new Error(`--ingress is "${values.ingress ?? ''}" (allowed: URLs such as http://203.0.113.7):\n${USAGE}`);
  if (!username || !password) throw new Error('REGISTRY_USERNAME and REGISTRY_PASSWORD are not set: the cluster pulls with them');
  for (const [program, ...rest] of PROGRAMS) {
    if (execaSync(program, rest, { reject: false }).failed)
      throw new Error(`"${[program, ...rest].join(' ')}" does not work here: install it first`);
  }
  const kubectl = ['config', 'view', '--raw', '--minify', '--flatten', `--context=${values.context}`];
  const { failed, stderr } = execaSync('kubectl', kubectl, { reject: false });
  if (failed) throw new Error(`There is no context "${values.context}" in your kubeconfig: ${stderr}`);
  return {
    context: values.context,
    registry: { host, prefix: prefix.join('/'), username, password },
    buildkit: { address: values.builder ?? 'own' },
    ingress: { http: ingress, className: values['ingress-class'] ?? 'traefik' },
    // Any address of this machine: only the embedded cluster's network has 32 to send from.
    loadSources: ['0.0.0.0'],
    // Programs inherit an allow list; these are what the user's own kubectl and docker go by.
    env: definedOf(env),
  };
}

const definedOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
