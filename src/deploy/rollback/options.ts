import type { Collaborators, RunOptions } from '../run/options.ts';
import type { Target } from './target.ts';

export interface RollbackOptions extends Omit<RunOptions, 'version' | 'smoke'> {
  to: Target;
  /** As the user wrote it. */
  toText: string;
  reason?: string | undefined;
  /** Undefined: what was recorded with the version. */
  smoke?: RunOptions['smoke'] | undefined;
  allowIrreversible: boolean;
  dryRun: boolean;
}

export interface RollbackCollaborators extends Collaborators {
  /** Digest of a tag of a repository; undefined where there is none, or nobody can say. */
  digestOf(repository: string, tag: string): Promise<string | undefined>;
  /** Whether a drill has restored this backup, as far as the cluster remembers; left out: nobody can say. */
  drilled?: ((backup: string) => Promise<boolean>) | undefined;
}
