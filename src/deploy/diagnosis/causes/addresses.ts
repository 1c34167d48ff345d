/** Pure: an IPv4 address as a number; undefined for anything else. */
function numberOf(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

/** Pure: whether an address lies in a block such as `10.0.0.0/8`; undefined where it cannot be told (IPv6, a name). */
export function isIn(address: string, block: string): boolean | undefined {
  const [base = '', bits = '32'] = block.split('/');
  const [one, other] = [numberOf(address), numberOf(base)];
  if (one === undefined || other === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(one / size) === Math.floor(other / size);
}

/** Pure: how many letters lie between two names, up to a limit: a typing mistake has one or two. */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
