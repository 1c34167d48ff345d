const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const PATTERN = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** `90` (seconds), `90s`, `10m`, `1h30m`, `7d`, `500ms` → milliseconds; undefined where it is none of these. */
export function parseDuration(text: string): number | undefined {
  const value = text.trim();
  if (/^\d+$/.test(value)) return bounded(Number(value) * 1000);
  const match = PATTERN.exec(value);
  if (value === '' || match === null) return undefined;
  const total = ['d', 'h', 'm', 's', 'ms'].reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * (UNITS[unit] ?? 0), 0);
  return bounded(total);
}

/** Longer than a timer can wait (24.8 days) is a mistake. */
const bounded = (ms: number): number | undefined => (ms < 2 ** 31 ? ms : undefined);

/** Pure: as it is written in inputs, without what is less than a second: `1h30m`; `0s` for nothing. */
export function durationText(ms: number): string {
  let rest = Math.floor(ms / 1000) * 1000;
  const parts = Object.entries(UNITS).flatMap(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.join('') || '0s';
}
