import { VerificationError } from '@sigstore/verify';

/** By the library's code; its own message stands behind it, since it says which part. */
const WORDS: Readonly<Record<string, string>> = {
  CERTIFICATE_ERROR: 'its certificate is not by an authority of the trusted root',
  PUBLIC_KEY_ERROR: 'it is signed with a key, not with a certificate that names a workflow',
  SIGNATURE_ERROR: 'its signature does not fit its content, which was changed',
  TIMESTAMP_ERROR: 'its time of signing is not by an authority of the trusted root',
};

/** In the order in which a bundle is verified. */
const STEPS = ['TIMESTAMP', 'PUBLIC_KEY', 'CERTIFICATE', 'TLOG', 'SIGNATURE'];

/** How far the verification came; -1 where it did not begin. */
export const stepOf = (error: unknown): number =>
  error instanceof VerificationError ? STEPS.findIndex((step) => error.code.startsWith(step)) : -1;

/** In one clause, why a bundle is not believed. */
export function whyRefused(error: unknown): string {
  if (!(error instanceof VerificationError)) return 'it is damaged';
  const message = deepest(error);
  if (/not valid or expired/.test(message)) return 'its certificate was not valid when it was signed';
  if (/expected \d+ timestamps, got/.test(message))
    return 'no authority says when it was signed, so its certificate has to count as expired';
  const words = WORDS[error.code] ?? 'its entry in the transparency log does not prove it';
  return error.code === 'SIGNATURE_ERROR' ? words : `${words} (${message})`;
}

function deepest(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? deepest(cause) : error.message;
}
