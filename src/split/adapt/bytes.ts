const SUFFIX: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Pure: a quantity of storage (`10Gi`) in bytes; 0 for what is none. */
export function bytesIn(text: string | number | undefined): number {
  const [, number, suffix = ''] = /^([\d.]+)([kMGTP]i?|Ki)?$/.exec(String(text ?? '')) ?? [];
  return number === undefined ? 0 : Number(number) * (SUFFIX[suffix] ?? 1);
}

/** Pure: bytes as a quantity, rounded down to a mebibyte. */
export const bytesText = (bytes: number): string => `${Math.max(1, Math.floor(bytes / 2 ** 20))}Mi`;
