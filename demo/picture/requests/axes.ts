import { type Frame, SMALL } from './frame.ts';
import { f, textAt } from './text.ts';
import type { Theme } from './theme.ts';

/** Lines of the grid, and what stands beside them. */
export function countAxis({ left, right, top, bottom, y }: Frame, most: number, theme: Theme): string[] {
  const step = niceStep(most / 3);
  const counts = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  return [
    ...counts.flatMap((count) => [
      `<line x1="${left}" x2="${right}" y1="${f(y(count))}" y2="${f(y(count))}" stroke="${theme.line}"/>`,
      textAt(String(count), left - 8, y(count) + 4, { size: SMALL, fill: theme.quiet, anchor: 'end' }),
    ]),
    `<g transform="translate(16 ${f((top + bottom) / 2)}) rotate(-90)">${textAt('requests sent a second', 0, 0, { size: SMALL, fill: theme.quiet, anchor: 'middle' })}</g>`,
  ];
}

/** Minutes and seconds since the load began. */
export function timeAxis({ bottom, x }: Frame, from: number, to: number, theme: Theme): string[] {
  const step = TIME_STEPS.find((seconds) => (to - from) / 1000 / seconds <= 8) ?? 600;
  const ticks = Array.from({ length: Math.floor((to - from) / 1000 / step) + 1 }, (_, index) => index * step);
  return ticks.map((seconds) => {
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return textAt(clock, x(from + seconds * 1000), bottom + 18, { size: SMALL, fill: theme.quiet, anchor: 'middle' });
  });
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300];

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough) ?? power * 10;
}
