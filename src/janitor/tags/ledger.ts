import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { isMap } from '../../interfaces/values.ts';
import type { Ledger, TaggedImage, UnusedSince } from './model.ts';

/** A ConfigMap holds 1 MiB; what does not fit is seen for the first time again at the next look. */
const MOST = 4_000;
const KEY = /^\S{1,400}@sha256:[0-9a-f]{64}$/;

export const ledgerKey = (repository: string, { digest }: Pick<TaggedImage, 'digest'>): string => `${repository}@${digest}`;

const tagsText = ({ tags }: Pick<TaggedImage, 'tags'>): string => [...tags].sort().join(' ');

/**
 * Pure: since when an image is in no use, by the last look's ledger and the clocks of this one. A tag that has come since, or a clock that
 * was put back, makes it new: whoever tagged it is about to use it.
 */
export function unusedSince(before: UnusedSince | undefined, image: TaggedImage, clocks: readonly number[]): UnusedSince {
  const tags = tagsText(image);
  const latest = Math.max(...clocks);
  const holds = before !== undefined && before.tags === tags && before.since <= Math.min(...clocks);
  return { since: holds ? before.since : latest, tags };
}

/** Pure: what a text holds that `ledgerText` made; what cannot be read is as if nothing had been seen. */
export function readLedger(text: string | undefined): Ledger {
  const value = tryJsonObject<Record<string, unknown>>(text ?? '');
  if (value === undefined) return {};
  const entries = Object.entries(value).flatMap(([key, entry]): [string, UnusedSince][] => {
    if (!KEY.test(key) || !isMap(entry)) return [];
    const { since, tags } = entry;
    return typeof since === 'number' && Number.isSafeInteger(since) && typeof tags === 'string' ? [[key, { since, tags }]] : [];
  });
  return Object.fromEntries(entries);
}

/** Pure: the longest unused come first, and are the last to be left out. */
export function ledgerText(ledger: Ledger): string {
  const entries = Object.entries(ledger).sort(([one, { since: a }], [other, { since: b }]) => a - b || (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries.slice(0, MOST)));
}
