import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { FoundAttestation } from '../../interfaces/attestations.ts';
import { signerOf } from './certificate.ts';
import { statementIn } from './statement.ts';
import { stepOf, whyRefused } from './words.ts';

/** Whether an attestation's signature, certificate and time hold by one of these trusted roots. */
export function checkBundle(bundle: Bundle, roots: readonly TrustedRoot[]): FoundAttestation {
  const statement = statementIn(bundle);
  if (statement === undefined) return { refused: 'it holds no in-toto statement' };
  const errors: unknown[] = [];
  for (const root of roots) {
    try {
      return { proved: { signer: signerOf(verifierOf(root).verify(toSignedEntity(bundle))), ...statement } };
    } catch (error) {
      errors.push(error);
    }
  }
  // The root that it came furthest with is the one that it is of.
  const [last] = errors.sort((a, b) => stepOf(b) - stepOf(a));
  return { refused: errors.length === 0 ? 'there is no trusted root' : whyRefused(last) };
}

/** A log counts where the root names one: Sigstore's public instance has logs, GitHub's own for private repositories a timestamp authority. */
function verifierOf(root: TrustedRoot): Verifier {
  return new Verifier(toTrustMaterial(root), {
    ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
    timestampThreshold: 1,
  });
}

/** Undefined for what is no bundle. */
export function readBundle(value: unknown): Bundle | undefined {
  try {
    return bundleFromJSON(value);
  } catch {
    return undefined;
  }
}
