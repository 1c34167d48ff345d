import { parseImages } from '../../build/images.ts';
import type { Wanted } from '../../init/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readRegistry } from '../build-push/login.ts';
import { CLUSTER, NAME } from '../shared/cluster-access.ts';
import { RELEASE } from '../shared/release-inputs.ts';

export interface InitInputs {
  wanted: Wanted;
  /** The branch whose pushes are deployed; undefined: the remote's default. */
  branch: string | undefined;
  dryRun: boolean;
}

const HOST = /^(?=.{1,253}$)(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;

/** The only reader of what `init` is given. Throws ConfigurationError before anything is read or written. */
export function readInitInputs({ inputs }: ActionContext): InitInputs {
  const given = inputs.yaml('images');
  const images = given === undefined ? [] : parseImages(given, { platforms: [], buildArgs: {} });
  const chart = inputs.path('chart') || undefined;
  return {
    wanted: {
      images: images.map(({ name, context, file, target }) => ({ name, context, file, target })),
      registry: inputs.string('registry') === '' ? undefined : readRegistry(inputs),
      chart: chart?.replace(/^\.\/|\/+$/g, '') || undefined,
      release: inputs.optional('release', { pattern: RELEASE, describe: 'a Helm release name such as todo' }),
      namespace: inputs.optional('namespace', { pattern: NAME, describe: 'a Kubernetes name such as todo' }),
      host: inputs.optional('host', { pattern: HOST, describe: 'a host name such as todo.example.com' }),
      issuer: inputs.optional('cluster-issuer', { pattern: NAME, describe: 'name of a ClusterIssuer such as letsencrypt' }),
      ingressClass: inputs.optional('ingress-class', { pattern: NAME, describe: 'name of an IngressClass such as traefik' }),
      cluster: inputs.optional('cluster', { pattern: CLUSTER, describe: 'name or id of a DigitalOcean Kubernetes cluster' }),
      environment: inputs.string('environment', {
        default: 'production',
        pattern: /^[\w.-]{1,100}$/,
        describe: 'a name such as production',
      }),
      ...readPorts(inputs),
    },
    branch: inputs.optional('branch', { pattern: /^[\w][\w./-]*$/, describe: 'a branch such as main' }),
    dryRun: inputs.boolean('dry-run', false),
  };
}

/** `3000`, or `web=3000` for one of several. */
function readPorts(inputs: ActionContext['inputs']): Pick<Wanted, 'port' | 'ports'> {
  const entries = inputs.list('port', { pattern: /^([a-z0-9][\w./-]*=)?\d{1,5}$/, describe: '3000, or NAME=3000' }).map((text) => {
    const [port = '', name = ''] = text.split('=').reverse();
    if (Number(port) < 1 || Number(port) > 65_535)
      throw new ConfigurationError(`Input "port" is "${text}": not a port (allowed: 1 to 65535)`);
    return [name, Number(port)] as const;
  });
  return { port: entries.find(([name]) => name === '')?.[1], ports: Object.fromEntries(entries.filter(([name]) => name !== '')) };
}
