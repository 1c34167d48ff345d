import type { InputField, Metadata } from './metadata.ts';
import { readMetadata } from './metadata.ts';

/** A command that is no action: what it takes of an action's inputs as they are, and its own. */
export interface OwnMetadata {
  description: string;
  /** Names of inputs of the action in the command's folder; none of them is required here. */
  taken: readonly string[];
  more: readonly InputField[];
}

const field = (name: string, description: string, more: Partial<InputField> = {}): InputField => ({
  name,
  description,
  required: false,
  fallback: '',
  boolean: false,
  ...more,
});

/** Returns the metadata of a command that is no action. */
export function ownMetadata(root: string, folder: string, { description, taken, more }: OwnMetadata): Metadata {
  const { inputs } = readMetadata(root, folder);
  const found = taken.flatMap((name) => inputs.filter((input) => input.name === name));
  return { description, inputs: [...more, ...found.map((input) => ({ ...input, required: false }))] };
}

export const INIT: OwnMetadata = {
  description:
    "Reads the repository and writes what a deploy needs: workflows, the account's Role, a chart where there is none. Overwrites nothing.",
  taken: [],
  more: [
    field('dry-run', 'Show everything that would be written, and write nothing.', { fallback: 'false', boolean: true }),
    field('images', 'Images to build, one per line: `name: context`. Default: those of the compose file, or of the Dockerfiles.'),
    field('registry', 'Registry with its prefix. Default: the one that the chart names, or ghcr.io/OWNER of the GitHub remote.'),
    field('chart', 'Chart folder. Default: the one that there is; without one, a small chart is written.'),
    field('release', "Helm release name of the app. Default: the chart's name, or the repository's."),
    field('namespace', "Namespace. Default: the release's name."),
    field(
      'port',
      'Port that the app listens on; NAME=PORT, one per line, where there are several. Default: as Dockerfile or framework say.',
    ),
    field('host', 'Host name of the app, for the Ingress of the chart that is written. Default: all hosts.'),
    field('ingress-class', "IngressClass for that chart. Default: the cluster's default."),
    field('cluster-issuer', "cert-manager's ClusterIssuer for that chart. Default: no certificate."),
    field('cluster', 'DigitalOcean Kubernetes cluster, by name or id. Default: a kubeconfig in the secret KUBECONFIG.'),
    field('environment', 'GitHub environment of the deploys.', { fallback: 'production' }),
    field('branch', "Branch whose pushes are deployed. Default: the remote's default branch."),
  ],
};

export const DOCTOR: OwnMetadata = {
  description:
    'Proves registry, cluster, rights and everything else that a first deploy rests on, and says what mends what is missing. Changes nothing.',
  taken: [
    'chart',
    'release',
    'namespace',
    'value-files',
    'values',
    'registry',
    'secrets',
    'image-pull-secrets',
    'shared',
    'url',
    'cluster',
    'digitalocean-token',
    'kubeconfig',
    'context',
    'service-account',
    'github-token',
  ],
  more: [field('username', 'User name at the registry. Default: as for a build.'), field('password', 'Password or token at the registry.')],
};
