import type { Attestations } from '../../interfaces/attestations.ts';
import type { Clock } from '../../interfaces/clock.ts';
import type { Helm, HelmValues } from '../../interfaces/helm.ts';
import type { Http } from '../../interfaces/http.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { PullSecret } from '../../interfaces/registry-provider.ts';
import type { Demand } from '../../provenance/demand.ts';
import type { CheckResult, SmokeCheck, SmokeTarget } from '../../smoke/model.ts';
import type { BuiltImage, PreviewRules, Strategy } from '../../split/model.ts';
import type { Who } from '../state/lease-object.ts';
import type { BackupBefore } from '../state/model.ts';

/** One key of a Secret that is applied before the base. */
export interface SecretValue {
  name: string;
  key: string;
  value: string;
}

/** What the steps of a run need to know, whether it deploys a chart or rolls back to a recorded version. */
export interface RunOptions {
  release: string;
  smoke: readonly SmokeCheck[];
  /** Front door; undefined: the first host of the render. */
  url?: string | undefined;
  /** Response header that carries the version. */
  versionHeader?: string | undefined;
  version: string;
  /** Limit of each wait for readiness, and for the lease. */
  timeoutMs: number;
  bakeMs: number;
  drainMs: number;
  keepOld: 'zero' | 'warm' | 'remove';
  /** The network is closed: a pod is let in once the policies of its node know it. */
  closed?: boolean | undefined;
  who: Who;
  /** The environment's word about hosts that may be spoken to without TLS. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface DeployOptions extends RunOptions {
  chart: string;
  chartVersion?: string | undefined;
  values: HelmValues;
  images: readonly BuiltImage[];
  secrets: readonly SecretValue[];
  shared: readonly string[];
  stack: 'own' | 'active';
  /** `auto` where it is left out. */
  strategy?: Strategy | undefined;
  imagePullSecrets: readonly string[];
  allowOlder: boolean;
  /** Whether an app that plain Helm or kubectl runs is taken over. */
  adopt: boolean;
  dryRun: boolean;
  /** Whether the chart may read the cluster while it renders; left out: yes. */
  lookups?: boolean | undefined;
  /** Set where the app is a preview: what of the chart is otherwise then. */
  preview?: PreviewRules | undefined;
  /** When a backup is taken before anything is touched; left out: never. */
  backup?: 'off' | 'before-migration' | 'before' | undefined;
  /** Whose provenance `images` need; undefined: none is demanded. */
  provenance?: Demand | undefined;
}

interface RunChecksOptions {
  checks: readonly SmokeCheck[];
  targetsFor(check: SmokeCheck): Promise<SmokeTarget[]>;
  retries: number;
  intervalMs: number;
  timeoutMs: number;
  signal: AbortSignal;
  /** Repeated rounds: passed checks are not worth a line each. */
  quiet?: boolean | undefined;
}
/** Sends each check to each of its targets until it passes or the retries are used up. */
type RunChecks = (options: RunChecksOptions) => Promise<CheckResult[]>;

/** Takes a backup now, and waits for it. Resolves to undefined where it is `optional` and none is set up. */
export type TakeBackup = (how: { optional: boolean; signal: AbortSignal }) => Promise<BackupBefore | undefined>;

/** How `version` relates to `to`; `unknown` where that cannot be found out (a version that is no commit, no access). */
export type Ancestry = (version: string, to: string) => Promise<'same' | 'older' | 'newer' | 'unknown'>;

/** Everything outside that a deploy works with. */
export interface Collaborators {
  kubernetes: Kubernetes;
  helm: Helm;
  http: Http;
  clock: Clock;
  log: Log;
  runChecks: RunChecks;
  ancestry: Ancestry;
  /** Whether the registry has this image reference; `unknown` where it cannot be asked. */
  imageExists(reference: string): Promise<'yes' | 'no' | 'unknown'>;
  /** Whether a host name resolves from here. */
  resolves(host: string): Promise<boolean>;
  /** Whether something takes connections there, from here. */
  connects(host: string, port: number): Promise<boolean>;
  /** Host of the API server: at home it may be a node, or this machine in front of one. */
  serverHost: string;
  /** Registries whose pull Secret is kept in the namespace. */
  pullSecrets?: readonly PullSecret[] | undefined;
  /** Needed where a backup is wanted. */
  takeBackup?: TakeBackup | undefined;
  /** Needed where provenance is demanded. */
  attestations?: Attestations | undefined;
}
