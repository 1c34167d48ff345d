/** Where the plot lies in the picture, and what its axes mean. README shows it at its own width, so that letters keep their size. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** A moment, ms since the epoch, as a place. */
  x(at: number): number;
  /** A number of requests a second as a place. */
  y(count: number): number;
}

export const WIDTH = 900;
export const SMALL = 12;
const PLOT = { left: 56, right: WIDTH - 20, height: 170 };

export function frame(top: number, { from, to, most }: { from: number; to: number; most: number }): Frame {
  const { left, right, height } = PLOT;
  const bottom = top + height;
  return {
    left,
    right,
    top,
    bottom,
    x: (at) => left + ((at - from) / (to - from)) * (right - left),
    y: (count) => bottom - (count / most) * height,
  };
}
