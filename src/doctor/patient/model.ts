import type { Preflight } from '../../deploy/preflight/plan.ts';
import type { Plan } from '../../deploy/run/run.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';

/** `unknown`: it could not be asked, which is said as that. */
export type Level = 'ok' | 'warn' | 'fail' | 'unknown';

/** What a probe found out. */
export interface Finding {
  level: Level;
  message: string;
  /** What to run, or to do, so that it is not found again. */
  mend?: string | undefined;
}

export interface CheckedFinding extends Finding {
  /** Title of its probe. */
  check: string;
}

/** One question before a first deploy. */
export interface Probe {
  title: string;
  /** Asks the cluster: not run where that cannot be reached. */
  asksCluster: boolean;
  run(patient: Patient): Promise<Finding[]>;
}

/** What is examined, and through what. */
export interface Patient {
  release: string;
  namespace: string;
  /** Address of the API server, and by which context. */
  server: string;
  /** As the one who deploys. */
  deployer: Pick<Kubernetes, 'denied' | 'create'>;
  /** As the one who runs the doctor, who may see more. */
  kubernetes: Kubernetes;
  /** undefined where no chart is named. */
  chart: PatientChart | undefined;
  registry: PatientRegistry | undefined;
  /** Names of Secrets that the pods get. */
  imagePullSecrets: readonly string[];
  /** Those among them that every deploy keeps. */
  keptSecrets: readonly string[];
  /** The front door, where it is named. */
  url: string | undefined;
  /** Names of Secrets that the input `secrets` fills. */
  secrets: readonly string[];
  /** Addresses of a host name; none where it does not resolve. */
  resolve(host: string): Promise<string[]>;
}

export interface PatientChart {
  /** As it was named. */
  name: string;
  /** What a deploy would run with. */
  run(): Promise<Preflight>;
  /** What a deploy would do, asked for once. Throws what the preflight throws. */
  plan(): Promise<Plan>;
  /** What the chart holds: of the plan, else as it renders without a cluster. */
  objects(): Promise<readonly KubernetesObject[]>;
}

export interface PatientRegistry {
  /** `host/prefix` */
  prefix: string;
  host: string;
  authorize(repository: string, action: 'pull' | 'push'): Promise<void>;
}
