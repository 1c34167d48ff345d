import type { Attestations, FoundAttestation } from '../../interfaces/attestations.ts';
import { ToolError } from '../../interfaces/errors.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import type { Descriptor, Registry } from '../../interfaces/registry.ts';
import { checkBundle, readBundle } from './check.ts';
import type { TrustedRoots } from './roots.ts';

/** `application/vnd.dev.sigstore.bundle.v0.3+json`, and its older and newer ones. */
const BUNDLE_TYPE = /^application\/vnd\.dev\.sigstore\.bundle\b/;
const CREATED = 'org.opencontainers.image.created';
/** An attestation a run; more is a registry that somebody fills. */
const MOST = 500;

/** Sigstore bundles that refer to an image in its registry, as actions/attest and cosign 3 push them. */
export class SigstoreAttestations implements Attestations {
  readonly #registry: Registry;
  readonly #roots: TrustedRoots;

  constructor(registry: Registry, roots: TrustedRoots) {
    this.#registry = registry;
    this.#roots = roots;
  }

  async *of(repository: string, digest: string, signal?: AbortSignal): AsyncGenerator<FoundAttestation> {
    const referrers = (await this.#registry.referrers(repository, digest, signal)).filter(mayBeBundle);
    if (referrers.length > MOST) {
      throw new ToolError(
        `${repository}@${digest} has ${referrers.length} attestations in the registry, of which at most ${MOST} are read`,
        {
          hint: 'Delete those that nobody needs.',
        },
      );
    }
    for (const referrer of referrers.sort(newestFirst)) {
      const found = await this.#read(repository, referrer, signal);
      if (found !== undefined) yield found;
    }
  }

  /** Undefined for another kind of artifact, where the registry does not say of which it is. */
  async #read(repository: string, { digest, artifactType }: Descriptor, signal?: AbortSignal): Promise<FoundAttestation | undefined> {
    const bytes = await this.#registry.artifact(repository, digest, signal);
    const content = bytes && tryJsonObject<{ mediaType: unknown }>(Buffer.from(bytes).toString('utf8'));
    if (artifactType === undefined && !BUNDLE_TYPE.test(String(content?.mediaType))) return undefined;
    const bundle = readBundle(content);
    return bundle === undefined ? { refused: 'it is damaged' } : checkBundle(bundle, await this.#roots.for(bundle, signal));
  }
}

const mayBeBundle = ({ artifactType }: Descriptor): boolean => artifactType === undefined || BUNDLE_TYPE.test(artifactType);

const newestFirst = (a: Descriptor, b: Descriptor): number => createdAt(b).localeCompare(createdAt(a));
const createdAt = ({ annotations }: Descriptor): string => annotations?.[CREATED] ?? '';
