import { ConfigurationError } from '../../interfaces/errors.ts';

/** How many of the newest hours, days, weeks and months that have a backup keep one. */
export interface Keep {
  hours: number;
  days: number;
  weeks: number;
  months: number;
}

const UNITS = { h: 'hours', d: 'days', w: 'weeks', m: 'months' } as const;
const MOST = 1000;

/** Pure: reads `24h 7d 4w 12m`; what is left out keeps none. */
export function readKeep(text: string): Keep {
  const keep: Keep = { hours: 0, days: 0, weeks: 0, months: 0 };
  const seen = new Set<string>();
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const [, digits, unit] = /^(\d{1,4})([hdwm])$/.exec(word) ?? [];
    if (digits === undefined || unit === undefined || Number(digits) > MOST || seen.has(unit)) throw wrong(text, word);
    seen.add(unit);
    keep[UNITS[unit as keyof typeof UNITS]] = Number(digits);
  }
  if (Object.values(keep).every((number) => number === 0)) throw wrong(text, text.trim());
  return keep;
}

const wrong = (text: string, word: string): ConfigurationError =>
  new ConfigurationError(`Input "keep" is "${text}": "${word}" is no number of hours, days, weeks or months`, {
    hint: `Write such as "24h 7d 4w 12m": each unit once, up to ${MOST}, at least one above 0.`,
  });
