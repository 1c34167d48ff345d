/** Processor time, µs: other programs on the machine do not count. */
function cost(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const ENOUGH_US = 4000;
const LARGEST = 1 << 18;
const FACTOR = 4;
/** A quadratic one would be 16 times as much. */
export const ABOUT_LINEAR = 9;

/** How much more it costs when it has four times as much to do; the best of three. What costs nearly nothing even then is 1. */
export function growth(work: (size: number) => void): number {
  const of = (size: number): number => cost(() => work(size));
  let size = 1024;
  while (size < LARGEST && of(size) < ENOUGH_US) size *= 4;
  let least = Number.POSITIVE_INFINITY;
  for (let tried = 0; tried < 3 && least >= ABOUT_LINEAR; tried++) {
    // The first one was slower than it need be: the code was not yet compiled.
    const once = Math.min(of(size), of(size));
    if (once < ENOUGH_US) return 1;
    least = Math.min(least, of(FACTOR * size) / once);
  }
  return least;
}
