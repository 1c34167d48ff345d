import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Color } from '../../split/model.ts';
import type { Drift } from '../drift/model.ts';
import type { Deployed, InFlight, Journal } from '../state/model.ts';

/** A Helm release as it was last applied. */
export interface Recorded {
  /** Hooks left out. */
  objects: readonly KubernetesObject[];
}

export type Parts = ReadonlyMap<'base' | Color, Recorded>;

/** One container of a workload: what its template names, and the digests that its pods run. */
export interface RunningImage {
  container: string;
  image: string;
  /** `sha256:…`, of all pods; more than one where a tag has moved. */
  digests: string[];
}

export interface WorkloadHealth {
  /** `Kind/name` */
  workload: string;
  ready: boolean;
  /** E.g. `2/2 ready`, `suspended`. */
  text: string;
  images: RunningImage[];
  /** Why it is not ready, in one line. */
  problem?: string | undefined;
}

export interface ColorStatus {
  color: Color;
  /** What it was brought up with; undefined where nothing says so. */
  version?: string | undefined;
  role: 'active' | 'warm' | 'at zero' | 'coming up';
  workloads: WorkloadHealth[];
}

export interface ServiceStatus {
  name: string;
  /** The color that it selects. */
  color?: Color | undefined;
  /** Ready pods behind it. */
  endpoints: number;
  problem?: string | undefined;
}

export interface LeaseStatus {
  holder: string;
  /** Repository and run, for people. */
  who: string;
  renewedAt?: string | undefined;
  /** Not renewed in time: the run was killed, the next one takes it over. */
  expired: boolean;
}

/** A version that can be rolled back to, or could once. */
export interface RollbackChoice {
  /** What to give as `to`: `-1` is `previous`. */
  to: string;
  version: string;
  at: string;
  possible: boolean;
  /** One line: what the rollback would do. */
  text: string;
}

/** The state of an app, as far as the account may read it. */
export interface AppStatus {
  release: string;
  namespace: string;
  /** `serving`: users reach one color. `mixed`: Services select different colors. `nothing`: deployed, but no color serves. */
  state: 'serving' | 'mixed' | 'nothing' | 'not-deployed';
  /** Serves, nothing drifted, nothing that a killed run left. */
  healthy: boolean;
  active?: Color | undefined;
  /** It serves in place: nothing of it runs in a color, and `active` is the one of its record. */
  inPlace?: boolean | undefined;
  version?: string | undefined;
  previousVersion?: string | undefined;
  url?: string | undefined;
  deployedAt?: string | undefined;
  services: ServiceStatus[];
  colors: ColorStatus[];
  /** Workloads of the base. */
  shared: WorkloadHealth[];
  drift: Drift[];
  lease?: LeaseStatus | undefined;
  inFlight?: Omit<InFlight, 'secretsBefore'> | undefined;
  history: Deployed[];
  lastFailure?: NonNullable<Journal['lastFailure']> | undefined;
  /** How the next run will heal a deploy that was killed. */
  healing?: string | undefined;
  rollback: RollbackChoice[];
  /** What could not be looked at, and why. */
  unseen: string[];
}
