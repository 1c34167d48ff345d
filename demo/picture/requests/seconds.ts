import { BUCKET_MS, type Bucket } from '../../load/model.ts';

const SECOND_MS = 1000;
/** Proxies follow a switch one after the other: a version serves once it has answered most requests for so many buckets. */
const STEADY = 3;

/** What became of the requests that were sent in one second of the run. */
export interface Second extends Bucket {
  /** How much of the second the sending took: less than 1 in the last one alone. */
  share: number;
}

/** Users led to another version. */
export interface Switch {
  at: number;
  to: string;
  /** To a version that has served before. */
  back: boolean;
}

/** The seconds of a run, from its start to its last request, none left out. */
export function perSecond(buckets: readonly Bucket[], startedAt: number): Second[] {
  const last = buckets.at(-1);
  if (last === undefined) return [];
  const end = last.at + BUCKET_MS;
  const seconds = Array.from({ length: Math.ceil((end - startedAt) / SECOND_MS) }, (_, index): Second => {
    const at = startedAt + index * SECOND_MS;
    return { at, versions: {}, lost: 0, share: Math.min(1, (end - at) / SECOND_MS) };
  });
  for (const bucket of buckets) {
    const second = seconds[Math.floor((bucket.at - startedAt) / SECOND_MS)];
    if (second === undefined) continue;
    for (const [version, count] of Object.entries(bucket.versions)) second.versions[version] = (second.versions[version] ?? 0) + count;
    second.lost += bucket.lost;
  }
  return seconds;
}

/** Where users were led to another version, as their answers tell it. */
export function switches(buckets: readonly Bucket[]): Switch[] {
  const answered = buckets.flatMap(({ at, versions }) => {
    const [first] = Object.entries(versions).sort(([, a], [, b]) => b - a);
    return first === undefined ? [] : [{ at, version: first[0] }];
  });
  const served: string[] = [];
  const found: Switch[] = [];
  for (const [index, { at, version }] of answered.entries()) {
    if (version === served.at(-1)) continue;
    const next = answered.slice(index, index + STEADY);
    const steady = next.length === STEADY && next.every((one) => one.version === version);
    if (served.length > 0 && !steady) continue;
    if (served.length > 0) found.push({ at, to: version, back: served.includes(version) });
    served.push(version);
  }
  return found;
}
