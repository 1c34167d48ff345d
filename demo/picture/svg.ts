import type { Bucket } from '../load/model.ts';

/** Something that happened, drawn as a mark over the time axis. */
export interface Mark {
  at: number;
  label: string;
}

export interface PictureInput {
  title: string;
  subtitle: string;
  buckets: readonly Bucket[];
  marks: readonly Mark[];
  /** Label of a version for people, e.g. its short SHA and what it is. */
  labels?: Readonly<Record<string, string>>;
}

const WIDTH = 1200;
const HEIGHT = 460;
const PLOT = { left: 64, top: 120, right: 24, bottom: 64 };
const PALETTE = ['#2563eb', '#16a34a', '#d97706', '#9333ea', '#0891b2', '#be123c'];
const LOST = '#dc2626';

/** Requests per version over time as one SVG: stacked areas of answers a second, losses in red below, events as numbered marks. */
export function drawRequests({ title, subtitle, buckets, marks, labels = {} }: PictureInput): string {
  const seconds = perSecond(buckets);
  const first = seconds[0]?.at ?? 0;
  const last = Math.max(first + 1000, (seconds.at(-1)?.at ?? 0) + 1000);
  const versions = [...new Set(seconds.flatMap((bucket) => Object.keys(bucket.versions)))];
  const top = Math.max(1, ...seconds.map((bucket) => sum(Object.values(bucket.versions)) + bucket.lost));
  const x = (at: number) => PLOT.left + ((at - first) / (last - first)) * (WIDTH - PLOT.left - PLOT.right);
  const y = (count: number) => HEIGHT - PLOT.bottom - (count / top) * (HEIGHT - PLOT.top - PLOT.bottom);
  const bars = seconds.flatMap((bucket) => {
    let stacked = 0;
    const bar = (count: number, colour: string) => {
      if (count === 0) return '';
      const upper = y(stacked + count);
      const rect = `<rect x="${f(x(bucket.at))}" y="${f(upper)}" width="${f(x(bucket.at + 1000) - x(bucket.at) + 0.4)}" height="${f(y(stacked) - upper)}" fill="${colour}"/>`;
      stacked += count;
      return rect;
    };
    return [...versions.map((version, i) => bar(bucket.versions[version] ?? 0, colourOf(i))), bar(bucket.lost, LOST)];
  });
  const lost = sum(buckets.map((bucket) => bucket.lost));
  const legend = [
    ...versions.map((version, i) => ({ text: labels[version] ?? version, colour: colourOf(i) })),
    { text: `lost (${lost})`, colour: LOST },
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">`,
    `<title id="title">${escapeXml(title)}: ${escapeXml(subtitle)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="28" font-size="18" font-weight="600" fill="#111827">${escapeXml(title)}</text>`,
    `<text x="${PLOT.left}" y="48" fill="#4b5563">${escapeXml(subtitle)}</text>`,
    ...legendRow(legend),
    ...grid(top, y),
    ...bars,
    ...timeAxis(first, last, x),
    ...marks.map((mark, i) => drawMark(mark, i, x)),
    `<text transform="translate(18 ${(PLOT.top + HEIGHT - PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#4b5563">requests per second</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function legendRow(entries: { text: string; colour: string }[]): string[] {
  let left = PLOT.left;
  return entries.map(({ text, colour }) => {
    const row = `<rect x="${left}" y="60" width="12" height="12" fill="${colour}"/><text x="${left + 18}" y="71" fill="#111827">${escapeXml(text)}</text>`;
    left += 40 + text.length * 7;
    return row;
  });
}

function grid(top: number, y: (count: number) => number): string[] {
  const step = niceStep(top / 4);
  const rows: string[] = [];
  for (let count = 0; count <= top; count += step) {
    rows.push(
      `<line x1="${PLOT.left}" x2="${WIDTH - PLOT.right}" y1="${f(y(count))}" y2="${f(y(count))}" stroke="#e5e7eb"/>`,
      `<text x="${PLOT.left - 8}" y="${f(y(count) + 4)}" text-anchor="end" fill="#4b5563">${count}</text>`,
    );
  }
  return rows;
}

function timeAxis(first: number, last: number, x: (at: number) => number): string[] {
  const step = niceStep((last - first) / 1000 / 10);
  const ticks: string[] = [];
  for (let second = 0; second * 1000 <= last - first; second += step) {
    ticks.push(
      `<text x="${f(x(first + second * 1000))}" y="${HEIGHT - PLOT.bottom + 20}" text-anchor="middle" fill="#4b5563">${second} s</text>`,
    );
  }
  return ticks;
}

/** Labels stand in two rows in turn, so that events close to each other stay readable. */
function drawMark({ at, label }: Mark, index: number, x: (at: number) => number): string {
  const row = PLOT.top - 8 - (index % 2) * 16;
  const left = f(x(at));
  return `<line x1="${left}" x2="${left}" y1="${row + 3}" y2="${HEIGHT - PLOT.bottom}" stroke="#111827" stroke-dasharray="3 3"/><text x="${left}" y="${row}" font-size="11" fill="#111827">${escapeXml(label)}</text>`;
}

function perSecond(buckets: readonly Bucket[]): Bucket[] {
  const seconds = new Map<number, Bucket>();
  for (const bucket of buckets) {
    const at = Math.floor(bucket.at / 1000) * 1000;
    const second = seconds.get(at) ?? { at, versions: {}, lost: 0 };
    for (const [version, count] of Object.entries(bucket.versions)) second.versions[version] = (second.versions[version] ?? 0) + count;
    second.lost += bucket.lost;
    seconds.set(at, second);
  }
  return [...seconds.values()].sort((a, b) => a.at - b.at);
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough) ?? power * 10;
}

const colourOf = (index: number): string => PALETTE[index % PALETTE.length] ?? '#6b7280';
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const f = (n: number): string => n.toFixed(1);
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
