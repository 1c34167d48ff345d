const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Pure: a Kubernetes quantity (`200m`, `256Mi`, `1e3`) as a number. */
export function quantity(text: string | number | undefined): number {
  const match = /^([\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(String(text ?? '0'));
  return match ? Number(match[1]) * (SUFFIX[match[2] ?? ''] ?? 1) : 0;
}
