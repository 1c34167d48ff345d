import { describe, expect, test } from '@jest/globals';
import type { Bucket, LoadResult } from '../../../demo/load/model.ts';
import { drawRequests } from '../../../demo/picture/requests/draw.ts';
import { type DemoData, pictureInput } from '../../../demo/picture/requests/input.ts';
import { widthOf } from '../../../demo/picture/requests/text.ts';
import { DARK, LIGHT } from '../../../demo/picture/requests/theme.ts';
import type { Outcome } from '../../../demo/report.ts';

const START = 1_700_000_000_000;
const [FIRST, GOOD, BAD] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)] as const;

/** Each 100 ms has 25 requests; `of` says who answers them. */
const buckets = (seconds: number, of: (second: number) => string, lost: Readonly<Record<number, number>> = {}): Bucket[] =>
  Array.from({ length: seconds * 10 }, (_, i) => ({
    at: START + i * 100,
    versions: { [of(i / 10)]: 25 - (lost[i] ?? 0) },
    lost: lost[i] ?? 0,
  }));

const outcome = (title: string, from: number, seconds: number, more: Partial<Outcome> = {}): Outcome => ({
  kind: 'release',
  title,
  version: GOOD,
  at: START + from * 1000,
  durationMs: seconds * 1000,
  success: true,
  outputs: { status: 'deployed' },
  problems: [],
  ...more,
});
const bad: Partial<Outcome> = { success: false, version: BAD, outputs: { status: 'rolled-back', 'rolled-back': 'true' } };

function demo(load: readonly Bucket[], outcomes: readonly Outcome[]): DemoData {
  const count = (one: (bucket: Bucket) => number) => load.map(one).reduce((a, b) => a + b, 0);
  const lost = count((bucket) => bucket.lost);
  const sent = lost + count(({ versions }) => Object.values(versions).reduce((a, b) => a + b, 0));
  const traffic = { startedAt: START, sent, lost, buckets: [...load] } as Partial<LoadResult> as LoadResult;
  return { outcomes, control: undefined, traffic, rate: 250, seconds: 230, sources: 32 };
}

const RUNS = [
  outcome('first deploy', -60, 50, { version: FIRST }),
  outcome('a good release', 0, 57),
  outcome('an image that does not exist', 57, 38, bad),
  outcome('a crash at start', 95, 38, bad),
  outcome('a smoke test that fails after the switch', 133, 46, bad),
  outcome('a rollback by hand', 179, 25, { kind: 'rollback', version: FIRST }),
];
const served = (second: number): string => (second < 40 ? FIRST : second < 160 ? GOOD : second < 162 ? BAD : second < 184 ? GOOD : FIRST);

const texts = (svg: string) =>
  [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" font-size="(\d+)"([^>]*)>([^<]*)</g)].map(([, x, y, size, style = '', text = '']) => {
    const width = widthOf(text, { size: Number(size), bold: style.includes('font-weight') });
    const left = Number(x) - (style.includes('end') ? width : style.includes('middle') ? width / 2 : 0);
    return { text, left, right: left + width, top: Number(y) - Number(size), bottom: Number(y) + 2 };
  });

/** The name of the axis is turned, and stands by itself at the left. */
const upright = (svg: string) => texts(svg).filter(({ text }) => text !== 'requests sent a second');

function collisions(svg: string): string[] {
  const all = upright(svg);
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
      .map((other) => `${one.text} | ${other.text}`),
  );
}

/** Labels that the line of a switch runs through. */
function crossed(svg: string): string[] {
  const lines = [...svg.matchAll(/<line x1="([\d.]+)" x2="\1" y1="([\d.]+)"/g)].map(([, x, y]) => ({ x: Number(x), top: Number(y) }));
  const labels = upright(svg).filter(({ text }) => /^(switch|back)/.test(text));
  return lines.flatMap(({ x, top }) =>
    labels.filter(({ left, right, bottom }) => bottom > top && left < x && x < right).map(({ text }) => text),
  );
}

describe('the picture of the demo', () => {
  const svg = drawRequests(pictureInput(demo(buckets(204, served), RUNS)), LIGHT);

  test('says its claim, who answered, what happened, and where users were switched', () => {
    const said = texts(svg).map(({ text }) => text);
    expect(said[0]).toBe('None of 51,000 requests lost: 1 good release, 3 bad ones, 1 rollback by hand');
    expect(said).toEqual(
      expect.arrayContaining(['1111111 first deploy', '2222222 a good release', 'lost: none', '✓ deployed', '✗ rolled back']),
    );
    expect(said.join(' ')).toContain('✓ back on 1111111');
    expect(said.filter((text) => /^(switch|back)$/.test(text))).toEqual(['switch', 'switch', 'back', 'back']);
  });

  test('a run that lost says so in its title, and shows it as a hole in the second in which it was sent', () => {
    const losing = drawRequests(
      pictureInput(
        demo(
          buckets(10, () => FIRST, { 31: 1, 38: 25, 75: 2 }),
          RUNS.slice(0, 1),
        ),
      ),
      LIGHT,
    );
    expect(texts(losing)[0]?.text).toBe('28 of 2,500 requests lost');
    const holes = [...losing.matchAll(new RegExp(`<path fill="${LIGHT.lost}"[^>]* d="([^"]*)"`, 'g'))].flatMap(([, d = '']) =>
      d.split('Z').slice(0, -1),
    );
    const second = (x: number) => Math.round((x - 56) / ((880 - 56) / 10));
    expect(holes.map((hole) => second(Number(/^M([\d.]+)/.exec(hole)?.[1])))).toEqual([3, 7]);
    // What was sent fills the second: the hole takes its room from the top of the bar.
    const tops = [...losing.matchAll(/d="([^"]*)"/g)].flatMap(([, d = '']) =>
      [...d.matchAll(/M[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)),
    );
    expect(Math.min(...tops)).toBe(Number(/^M[\d.]+ ([\d.]+)/.exec(holes[0] ?? '')?.[1]));
  });

  test.each<[string, string]>([
    ['as the demo makes it', svg],
    [
      'with releases that are over soon',
      drawRequests(
        pictureInput(
          demo(
            buckets(204, served),
            RUNS.map((run, i) => ({ ...run, at: START + (i - 1) * 9_000, durationMs: 8_000 })),
          ),
        ),
        LIGHT,
      ),
    ],
    [
      'with switches close to each other, and at both ends',
      drawRequests(
        pictureInput(
          demo(
            buckets(204, (s) => (s < 1 ? FIRST : s < 2 ? GOOD : s < 3 ? FIRST : s < 4 ? GOOD : s < 203 ? BAD : GOOD)),
            RUNS,
          ),
        ),
        LIGHT,
      ),
    ],
    [
      'with a rollback soon after a switch back, at the end',
      drawRequests(
        pictureInput(
          demo(
            buckets(204, (s) => (s < 78 ? FIRST : s < 178 ? GOOD : s < 180.6 ? BAD : s < 194 ? GOOD : FIRST)),
            RUNS,
          ),
        ),
        LIGHT,
      ),
    ],
    [
      'with many versions',
      drawRequests(
        pictureInput(
          demo(
            buckets(204, (s) => `version ${Math.floor(s / 20)} of a long name`),
            RUNS,
          ),
        ),
        LIGHT,
      ),
    ],
  ])('no label stands on another or leaves the picture: %s', (_, drawn) => {
    expect(texts(drawn).length).toBeGreaterThan(10);
    expect(collisions(drawn)).toEqual([]);
    expect(crossed(drawn)).toEqual([]);
    for (const { left, right } of upright(drawn)) expect([left >= 0, right <= 900]).toEqual([true, true]);
    expect(Math.min(...[...drawn.matchAll(/font-size="(\d+)"/g)].map(([, size]) => Number(size)))).toBeGreaterThanOrEqual(12);
  });

  test('dark is the same picture in other colours', () => {
    const dark = drawRequests(pictureInput(demo(buckets(204, served), RUNS)), DARK);
    expect(texts(dark)).toEqual(texts(svg));
    expect(dark).toContain(DARK.page);
    expect(dark).not.toContain(LIGHT.page);
  });
});
