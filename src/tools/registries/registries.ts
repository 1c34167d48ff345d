import { locatePrefix } from '../../interfaces/image-reference.ts';
import type {
  ImageRemoval,
  ProviderContext,
  PullSecret,
  Push,
  RegistryFailure,
  RegistryLogin,
  RegistryProvider,
} from '../../interfaces/registry-provider.ts';
import { anyRegistry } from './any/any.ts';
import { docr } from './docr/docr.ts';
import { ghcr } from './ghcr/ghcr.ts';
import { hub } from './hub/hub.ts';
import { hintOf } from './words.ts';

/** The first that matches. A new registry is a folder and an entry here. */
const PROVIDERS: readonly RegistryProvider[] = [docr, ghcr, hub, anyRegistry];

/** One registry, with its provider. */
export interface RegistryAccess {
  readonly opensLater: boolean;
  login(lifetimeMs: number): Promise<RegistryLogin | undefined>;
  beforePush(push: Push): Promise<RegistryLogin | undefined>;
  pullSecret(): PullSecret | undefined;
  removal(): ImageRemoval | undefined;
  errors(failure: RegistryFailure): string | undefined;
}

/** `name` is a repository, or a registry's `host[:port][/prefix]`. */
export function registryAt(name: string, context: ProviderContext): RegistryAccess {
  const place = locatePrefix(name);
  const provider = PROVIDERS.find((one) => one.matches(place, context)) ?? anyRegistry;
  return {
    opensLater: provider.opensLater,
    login: (lifetimeMs) => provider.login(place, lifetimeMs, context),
    beforePush: (push) => provider.beforePush(place, push, context),
    pullSecret: () => provider.pullSecret(place, context),
    removal: () => provider.removal(place, context),
    errors: (failure) => provider.errors(failure, context) ?? hintOf(failure),
  };
}
