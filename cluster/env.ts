import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDKIT_ADDRESS } from './buildkit.ts';
import { CONTEXT, LOAD_SOURCES, NODES, PATHS, REGISTRY } from './config.ts';
import { ClusterError } from './errors.ts';
import { PROGRAM_PATH } from './exec.ts';
import { REGISTRY_USER, registryPassword } from './registry.ts';

/** Everything that a program needs to use the cluster. Holds the registry's password. */
export interface ClusterEnvironment {
  kubeconfig: string;
  context: string;
  bin: string;
  dockerConfig: string;
  registry: { host: string; username: string; password: string; caFile: string };
  buildkit: { address: string };
  trivyDb: string;
  nodes: { name: string; ip: string }[];
  ingress: { http: string[]; className: string };
  loadSources: string[];
  /** Variables to set for child processes; PATH is a prefix and our folders only. */
  env: Record<string, string>;
}

const TRIVY_DB = `${REGISTRY}/trivy-db:2`;

export async function clusterEnv(): Promise<ClusterEnvironment> {
  if (!existsSync(PATHS.kubeconfig)) throw new ClusterError('there is no cluster yet; start it with "npm run cluster -- up"');
  return {
    kubeconfig: PATHS.kubeconfig,
    context: CONTEXT,
    bin: PATHS.bin,
    dockerConfig: PATHS.docker,
    registry: { host: REGISTRY, username: REGISTRY_USER, password: await registryPassword(), caFile: PATHS.caFile },
    buildkit: { address: BUILDKIT_ADDRESS },
    trivyDb: TRIVY_DB,
    nodes: NODES.map(({ name, ip }) => ({ name, ip })),
    ingress: { http: NODES.map((node) => `http://${node.ip}:80`), className: 'traefik' },
    loadSources: [...LOAD_SOURCES],
    env: variables(),
  };
}

function variables(): Record<string, string> {
  return {
    PATH: `${PROGRAM_PATH}:${process.env.PATH ?? ''}`,
    KUBECONFIG: PATHS.kubeconfig,
    DOCKER_CONFIG: PATHS.docker,
    BUILDX_CONFIG: join(PATHS.docker, 'buildx'),
    SSL_CERT_FILE: PATHS.caBundle,
    NODE_EXTRA_CA_CERTS: PATHS.caBundle,
    TRIVY_DB_REPOSITORY: TRIVY_DB,
    TRIVY_SKIP_JAVA_DB_UPDATE: 'true',
    TRIVY_SKIP_VERSION_CHECK: 'true',
    TRIVY_DISABLE_TELEMETRY: 'true',
    TRIVY_CACHE_DIR: PATHS.trivy,
  };
}
