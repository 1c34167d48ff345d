import type { Bucket } from '../../load/model.ts';
import { countAxis, timeAxis } from './axes.ts';
import { bars, colourOf } from './bars.ts';
import { frame, WIDTH } from './frame.ts';
import { legend } from './legend.ts';
import { switchMarks } from './marks.ts';
import { type ReleaseRun, releases } from './releases.ts';
import { perSecond, type Second, switches } from './seconds.ts';
import { escapeXml, textAt } from './text.ts';
import type { Theme } from './theme.ts';

export interface PictureInput {
  /** What the picture shows, as a sentence. */
  title: string;
  subtitle: string;
  /** When the load began, ms since the epoch. */
  startedAt: number;
  buckets: readonly Bucket[];
  runs: readonly ReleaseRun[];
  /** A version for people, e.g. its short SHA and what it is. */
  labels?: Readonly<Record<string, string>>;
}

const EDGE = 20;

/** Requests of a run as one SVG: who answered those of each second, losses as red holes, the switches, the releases below. */
export function drawRequests({ title, subtitle, startedAt, buckets, runs, labels = {} }: PictureInput, theme: Theme): string {
  const seconds = perSecond(buckets, startedAt);
  const versions = [...new Set(seconds.flatMap((second) => Object.keys(second.versions)))];
  const lost = sum(buckets.map((bucket) => bucket.lost));
  // A last second of a few buckets tells no rate by which to measure the others.
  const whole = seconds.filter(({ share }) => share === 1);
  const most = Math.max(1, ...(whole.length > 0 ? whole : seconds).map(rate));
  const key = legend(
    [
      ...versions.map((version, index) => ({ text: labels[version] ?? version, colour: colourOf(index, theme) })),
      { text: `lost: ${lost === 0 ? 'none' : lost}`, colour: theme.lost },
    ],
    { left: EDGE, right: WIDTH - EDGE, top: 66, fill: theme.ink },
  );
  const to = (seconds.at(-1)?.at ?? startedAt) + 1000;
  const plot = frame(66 + key.height + 28, { from: startedAt, to, most });
  const lane = releases(runs, plot, theme);
  const height = plot.bottom + lane.height + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title" font-family="${FONTS}">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="${theme.page}"/>`,
    textAt(title, EDGE, 30, { size: 18, fill: theme.ink, bold: true }),
    textAt(subtitle, EDGE, 52, { size: 13, fill: theme.quiet }),
    ...key.parts,
    ...countAxis(plot, most, theme),
    ...bars(seconds, versions, plot, theme),
    ...timeAxis(plot, startedAt, to, theme),
    ...switchMarks(switches(buckets), plot, theme),
    ...lane.parts,
    '</svg>',
    '',
  ].join('\n');
}

const FONTS = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const rate = ({ versions, lost, share }: Second): number => (sum(Object.values(versions)) + lost) / share;
