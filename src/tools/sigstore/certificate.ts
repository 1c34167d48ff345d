import { ASN1Obj } from '@sigstore/core';
import type { Signer as VerifiedSigner } from '@sigstore/verify';
import type { Signer } from '../../interfaces/attestations.ts';

/** Fulcio's extensions of a certificate, below 1.3.6.1.4.1.57264.1. */
const EXTENSIONS = { runner: 11, repository: 12, commit: 13, ref: 14, run: 21 } as const;
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1].join('.');

/** What a verified certificate says of the run that signed. */
export function signerOf({ identity }: VerifiedSigner): Signer {
  const text = (number: number): string => {
    const value = identity?.oids?.find(({ oid }) => oid?.id.join('.') === `${FULCIO}.${number}`)?.value;
    return value === undefined ? '' : textIn(Buffer.from(new Uint8Array(value)));
  };
  return {
    workflow: identity?.subjectAlternativeName ?? '',
    issuer: identity?.extensions?.issuer ?? '',
    runner: text(EXTENSIONS.runner),
    repository: text(EXTENSIONS.repository),
    commit: text(EXTENSIONS.commit),
    ref: text(EXTENSIONS.ref),
    run: text(EXTENSIONS.run),
  };
}

/** A UTF8String in DER. */
function textIn(der: Buffer<ArrayBuffer>): string {
  try {
    return ASN1Obj.parseBuffer(der).value.toString('utf8');
  } catch {
    return '';
  }
}
