import type { Log } from './log.ts';
import type { ProcessRunner } from './process.ts';

/** Clusters on one's own machines, whose nodes take an image without a registry. */
export const HOME_CLUSTERS = ['kind', 'minikube', 'k3d', 'docker-desktop', 'containerd'] as const;
export type HomeClusterKind = (typeof HOME_CLUSTERS)[number];

/** What a kubeconfig says of the cluster that a context leads to. */
export interface KubeContext {
  context: string;
  /** Name of the context's cluster. */
  cluster: string;
  /** Who made it, where its maker says so: `minikube.sigs.k8s.io`. */
  provider?: string | undefined;
}

/** One image in a file that is both an OCI layout and an archive of `docker load`. */
export interface ImageArchive {
  /** Absolute. */
  path: string;
  /** The full name that nodes know it by, with a tag: `docker.io/library/web:content-…`. */
  reference: string;
  /** Digests that a runtime may call the image by: of its configuration, and of its manifest. */
  ids: readonly string[];
}

/** What a home cluster may work with. */
export interface HomeClusterContext {
  runner: ProcessRunner;
  log: Pick<Log, 'debug'>;
  signal: AbortSignal;
  /** Limit of each load, ms. */
  timeoutMs: number;
  /** Of the kind `containerd`: a command for each node that reads an archive from standard input. */
  commands: readonly (readonly [string, ...string[]])[];
}

/** How one kind of home cluster is found and takes images. All of them are in one list (`PROVIDERS`). */
export interface HomeClusterProvider {
  readonly kind: HomeClusterKind;
  /** The cluster that a context leads to, as its own program calls it; undefined where it is of another kind. */
  nameOf(context: KubeContext): string | undefined;
  /** Before anything is built. Throws ConfigurationError where the program, the cluster or its nodes are not there, with the command that mends it. */
  check(name: string, context: HomeClusterContext): Promise<void>;
  /** Every node has the image afterwards. Throws ToolError (`load-failed`). */
  load(name: string, archive: ImageArchive, context: HomeClusterContext): Promise<void>;
}
