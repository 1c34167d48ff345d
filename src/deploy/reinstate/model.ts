import type { PartChart } from '../../interfaces/helm.ts';
import type { Secret } from '../../interfaces/objects.ts';
import type { RunOptions, SecretValue } from '../run/options.ts';
import type { Deployed, Journal } from '../state/model.ts';

/** What was recorded of an app at one moment: all that it takes to have it again. */
export interface RecordedApp {
  journal: Journal;
  /** The version that served. */
  serving: Deployed;
  base: PartChart;
  /** The part of the color that served. */
  color: PartChart;
  /** The user's own values. */
  values: Record<string, unknown>;
}

/** The memory that an app gets back with its objects. */
export interface Memory {
  /** The backup that it is of. */
  backup: string;
  /** Helm's records, as they are to stand in the namespace. */
  records: readonly Secret[];
}

export interface ReinstateOptions extends Omit<RunOptions, 'version' | 'smoke' | 'versionHeader' | 'url'> {
  app: RecordedApp;
  /** What is no part of the app's own record. */
  secrets: readonly SecretValue[];
  /** Left out where the app is there for a moment: then it begins without a past. */
  memory?: Memory | undefined;
  /** Once what both colors share is applied, before the color comes up: brings the data back. */
  data?: (() => Promise<void>) | undefined;
}
