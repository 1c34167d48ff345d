import { readFileSync } from 'node:fs';
import type { Attestations } from '../../interfaces/attestations.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Registry } from '../../interfaces/registry.ts';
import { type Demand, parseDemand } from '../../provenance/demand.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { BuiltImage } from '../../split/model.ts';
import { UndiciHttp } from '../../tools/http.ts';
import type { Paths } from '../shared/paths.ts';

const KEEP = 'gh attestation trusted-root > trusted-root.jsonl';

export interface ProvenanceInputs {
  /** Undefined: none is demanded. */
  provenance: Demand | undefined;
  /** A file; undefined: what Sigstore and GitHub publish. */
  trustedRoot: string | undefined;
}

/** The inputs `verify` and `trusted-root`. Throws ConfigurationError, also where there is nothing that could be proved. */
export function readProvenance(
  { inputs, env }: ActionContext,
  paths: Paths,
  images: readonly BuiltImage[],
  dryRun: boolean,
): ProvenanceInputs {
  const repository = env.isRepositoryKnown ? env.repository : undefined;
  const provenance = parseDemand(inputs.list('verify'), { server: env.serverUrl, repository });
  const file = inputs.string('trusted-root', { pattern: /^/ });
  if (provenance === undefined) {
    if (file !== '') throw new ConfigurationError('Input "trusted-root" is set, but "verify" is not: nothing is verified');
    return { provenance, trustedRoot: undefined };
  }
  if (file === '' && new URL(env.serverUrl).host !== 'github.com') {
    throw new ConfigurationError(`Input "trusted-root" is empty: only for github.com it is known who signs, not for ${env.serverUrl}`, {
      hint: `Keep it in a file: ${KEEP}`,
    });
  }
  if (!dryRun) requireDigests(images);
  return { provenance, trustedRoot: file === '' ? undefined : paths.file(file, 'Input "trusted-root" names') };
}

/** A tag may be moved to another image after it was verified. In a dry run nothing may be pushed yet. */
function requireDigests(images: readonly BuiltImage[]): void {
  if (images.length === 0)
    throw new ConfigurationError('Input "verify" is set, but "images" names none: there is nothing that it could be demanded of');
  const tagged = images.find(({ digest }) => digest === undefined);
  if (tagged === undefined) return;
  throw new ConfigurationError(`Input "images" names ${tagged.repository}:${tagged.tag}, and "verify" needs a digest`, {
    hint: 'Use the output "images" of build-push, or name=sha256:…: a tag may mean another image a moment later.',
  });
}

/** What verifies is loaded where it is needed. Throws ConfigurationError for a file that is no trusted root. */
export async function attestationsFor(context: ActionContext, registry: Registry, trustedRoot: string | undefined): Promise<Attestations> {
  const { SigstoreAttestations, publishedRoots, PUBLISHED, rootsIn } = await import('../../tools/sigstore/index.ts');
  const { variables, temp, signal } = context;
  const roots =
    trustedRoot === undefined
      ? publishedRoots(PUBLISHED, { http: new UndiciHttp({ env: variables }), folder: temp.directory('sigstore'), signal })
      : rootsIn(readFileSync(trustedRoot, 'utf8'), `Input "trusted-root" names ${trustedRoot}`);
  return new SigstoreAttestations(registry, roots);
}
