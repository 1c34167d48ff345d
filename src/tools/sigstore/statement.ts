import type { Bundle } from '@sigstore/bundle';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';

const IN_TOTO = 'application/vnd.in-toto+json';

/** What an attestation says: an in-toto statement without its predicate. Undefined where it holds none. */
export function statementIn({ content }: Bundle): { predicateType: string; subjects: string[] } | undefined {
  if (content.$case !== 'dsseEnvelope' || content.dsseEnvelope.payloadType !== IN_TOTO) return undefined;
  const statement = tryJsonObject<Record<string, unknown>>(content.dsseEnvelope.payload.toString('utf8'));
  const { predicateType, subject } = statement ?? {};
  if (typeof predicateType !== 'string' || !Array.isArray(subject)) return undefined;
  return { predicateType, subjects: subject.flatMap(digestsIn) };
}

function digestsIn(subject: unknown): string[] {
  const digest = fieldAt(subject, 'digest');
  return isMap(digest) ? Object.entries(digest).map(([algorithm, hex]) => `${algorithm}:${String(hex)}`) : [];
}
