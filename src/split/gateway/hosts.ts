/**
 * Pure: the hosts that both names stand for, as the narrower of the two; undefined where there is none. `*.example.com` stands for every name
 * below example.com, and a name that is left out for all.
 */
export function commonHost(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one === other || covers(one, other)) return other;
  return covers(other, one) ? one : undefined;
}

const covers = (wildcard: string, host: string): boolean =>
  wildcard.startsWith('*.') && host.length > wildcard.length - 1 && host.endsWith(wildcard.slice(1));
