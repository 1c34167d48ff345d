/** Requests that each pod of a front door has counted since it started, by the first part of the pod's UID. */
export type Counts = Readonly<Record<string, number>>;

/** Pure: as it is noted with a preview. */
export const countsText = (counts: Counts): string =>
  Object.entries(counts)
    .map(([pod, count]) => `${pod}=${count}`)
    .sort()
    .join(' ');

/** Pure: what was noted; undefined where nothing was, or something else. */
export function countsIn(text: string | undefined): Counts | undefined {
  if (text === undefined) return undefined;
  const entries = text.split(' ').map((one) => /^([0-9a-f-]+)=(\d{1,15})$/.exec(one));
  if (!entries.every((entry) => entry !== null)) return undefined;
  return Object.fromEntries(entries.map(([, pod = '', count]) => [pod, Number(count)]));
}

/**
 * Pure: whether anybody came since the counts were noted. A pod that has started since counts from zero, and so does one whose count is lower
 * than it was. A pod that could not be asked this time proves nothing.
 */
export const hasGrown = (noted: Counts, now: Counts): boolean =>
  Object.entries(now).some(([pod, count]) => {
    const before = noted[pod] ?? 0;
    return count > (count < before ? 0 : before);
  });
