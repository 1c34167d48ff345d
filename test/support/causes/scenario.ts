import type { Expected } from '../../../src/deploy/diagnosis/model.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import type { Reason } from '../../../src/interfaces/reasons.ts';

/** Something that goes wrong, or that looks as if it did. */
export interface Scenario {
  name: string;
  /** What is there, and ready, before. Objects of the whole cluster are removed after it. */
  before?: readonly KubernetesObject[];
  objects: readonly KubernetesObject[];
  /** What must become ready; by default every workload among `objects`. */
  expected?: readonly Expected[];
  /** A hook that Helm waits for, instead: `Job/seed`. */
  hook?: string;
  /** What hands do `afterMs` the objects were applied. */
  hands?: readonly { afterMs: number; kubectl: readonly string[]; input?: KubernetesObject }[];
  /** A component of the embedded cluster that is stopped `afterMs` the objects were applied; left out: before. It is started again after it. */
  stops?: { component: `kubelet-${string}`; afterMs?: number };
  /** Pod Security standard that the namespace enforces. */
  standard?: 'restricted' | 'privileged';
  limitMs?: number;
  /** What the product must say. */
  verdict: 'ready' | Verdict;
}

export interface Verdict {
  reason: Reason;
  message: RegExp;
  /** What to do. */
  hint: RegExp;
  /** The first thing that the cluster says by which it is certain; left out where the time limit decides. */
  sign?: RegExp;
  /** Which one of these (1). */
  nth?: number;
  /** What the evidence holds; left out where there is none. */
  evidence?: RegExp;
}

const BUSYBOX = 'docker.io/library/busybox:1.37';
export const POSTGRES = 'docker.io/library/postgres:17';
/** Where the recordings' own registry was. */
export const REGISTRY = 'registry.example';

// biome-ignore lint/suspicious/noExplicitAny: parts of a pod's specification, as Kubernetes takes them
type Part = Record<string, any>;

export const shell = (script: string, more: Part = {}): Part => ({ image: BUSYBOX, command: ['sh', '-c', script], ...more });

/** A container that answers on port 8080, after `first`. */
export const server = (more: Part = {}, first = 'true'): Part =>
  shell(`${first}; mkdir -p /tmp/www; echo ok > /tmp/www/index.html; trap 'exit 0' TERM; httpd -f -p 8080 -h /tmp/www & wait`, more);

export const http = (path: string, more: Part = {}): Part => ({ httpGet: { port: 8080, path }, periodSeconds: 1, ...more });

function pods(container: Part, more: Part = {}): Part {
  return {
    terminationGracePeriodSeconds: 1,
    enableServiceLinks: false,
    containers: [{ name: 'web', ...container }],
    ...more,
  };
}

/** Without a probe a container counts as ready in the instant in which it runs. */
export const deployment = (container: Part, pod: Part = {}, spec: Part = {}, name = 'web'): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    minReadySeconds: 3,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: pods(container, pod) },
    ...spec,
  },
});

export const job = (container: Part, spec: Part = {}, pod: Part = {}): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'seed' },
  spec: { template: { spec: pods({ name: 'seed', ...container }, { restartPolicy: 'Never', ...pod }) }, ...spec },
});

export const object = (apiVersion: string, kind: string, name: string, rest: Part = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...rest.metadata },
  ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'metadata')),
});
