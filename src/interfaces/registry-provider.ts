import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Log } from './log.ts';

/** Where images lie: a registry, and the repository or the prefix of some in it. */
export interface RegistryPlace {
  /** `host[:port]` */
  host: string;
  /** Below the host; '' for the host alone. */
  path: string;
}

export interface RegistryLogin {
  username: string;
  password: string;
}

/** What a provider may work with. Tokens are '' where there is none. */
export interface ProviderContext {
  http: Http;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** Masks a value everywhere, before its first use. */
  mask(secret: string): void;
  /** The environment. */
  variables: Readonly<Record<string, string | undefined>>;
  /** Who runs this, at GitHub. */
  actor: string;
  githubToken: string;
  digitalOceanToken: string;
}

/** A push that is about to begin. */
export interface Push {
  /** Paths of the repositories, below the host. */
  repositories: readonly string[];
  /** How long it may be waited for, ms. */
  limitMs: number;
  /** How long the login has to last, ms. */
  lifetimeMs: number;
}

/** A registry whose pull Secret is kept in the app's namespace. */
export interface PullSecret {
  /** Name of the Secret. */
  name: string;
  host: string;
  registry: string;
  /** Credentials to read that do not end: asked for once, and only where there is no Secret yet. */
  credentials(): Promise<RegistryLogin>;
}

/** How images go from a registry that has a way of its own. */
export interface ImageRemoval {
  /** An image and all of its tags; one that is gone is fine. `repository` is `host[:port]/path`. */
  remove(repository: string, digest: string, tags: readonly string[]): Promise<void>;
  /** Asks for the space that removed images took, where nobody else does. Returns what to say of it. */
  collect?(): Promise<string>;
}

/** What a registry refused. */
export interface RegistryFailure {
  action: 'pull' | 'push';
  /** HTTP status, of the registry or of its token service. */
  status: number;
  message: string;
}

/**
 * What one kind of registry does otherwise than any other. All of them are in one list (`PROVIDERS`), and the first that matches a place is the
 * one that is asked. A user's own login goes before that of a provider, and docker's login state counts where neither gives one.
 */
export interface RegistryProvider {
  matches(place: RegistryPlace, context: ProviderContext): boolean;
  /** Whether `login` may read only, and `beforePush` gives one that may write. */
  readonly opensLater: boolean;
  /** A login to read that lasts as long; undefined for none. Throws ConfigurationError where the place cannot be, HttpError. */
  login(place: RegistryPlace, lifetimeMs: number, context: ProviderContext): Promise<RegistryLogin | undefined>;
  /**
   * Waits until the registry takes a push, and refuses one that it would not take. Returns a login to write where the one to read does not do;
   * asked only of a provider that gave that one.
   */
  beforePush(place: RegistryPlace, push: Push, context: ProviderContext): Promise<RegistryLogin | undefined>;
  /** undefined where there are no credentials that outlive the run. Throws ConfigurationError where the place cannot be. */
  pullSecret(place: RegistryPlace, context: ProviderContext): PullSecret | undefined;
  /** undefined where images go by the OCI protocol. Throws ConfigurationError where the place cannot be. */
  removal(place: RegistryPlace, context: ProviderContext): ImageRemoval | undefined;
  /** What to do about an error, in the words of this registry; undefined for what holds anywhere. */
  errors(failure: RegistryFailure, context: ProviderContext): string | undefined;
}
