import { X509Certificate } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { ConfigurationError } from '../../interfaces/errors.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';

/** Certificates and keys of those who may vouch for a signature. */
export interface TrustedRoots {
  /** Those that a bundle may be checked with. Errors: those of where they come from. */
  for(bundle: Bundle, signal?: AbortSignal): Promise<readonly TrustedRoot[]>;
}

/** Sigstore's public instance signs for public repositories, GitHub's own for private ones. */
export type Instance = 'sigstore' | 'github';

/** Roots of a file: one as JSON, or one a line, as `gh attestation trusted-root` prints them. Throws ConfigurationError. */
export function rootsIn(text: string, what: string): TrustedRoots {
  const whole = rootIn(text);
  const roots = whole
    ? [whole]
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(rootIn);
  const good = roots.filter((root) => root !== undefined);
  if (good.length === 0 || good.length < roots.length) {
    throw new ConfigurationError(`${what}, which is no trusted root of Sigstore`, {
      hint: 'Make it with: gh attestation trusted-root > trusted-root.jsonl',
    });
  }
  return { for: async () => good };
}

function rootIn(text: string): TrustedRoot | undefined {
  const value = tryJsonObject<Record<string, unknown>>(text);
  if (value === undefined) return undefined;
  try {
    const root = TrustedRoot.fromJSON(value);
    return root.certificateAuthorities.length > 0 && root.certificateAuthorities.every(({ certChain }) => certChain) ? root : undefined;
  } catch {
    return undefined;
  }
}

/** The instance that says it signed. Whether it did is what its root then proves. */
export function instanceOf({ verificationMaterial: { content } }: Bundle): Instance {
  const certificate =
    content?.$case === 'certificate'
      ? content.certificate
      : content?.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates[0]
        : undefined;
  try {
    return certificate && /^O=GitHub\\?, Inc\.$/m.test(new X509Certificate(certificate.rawBytes).issuer) ? 'github' : 'sigstore';
  } catch {
    return 'sigstore';
  }
}
