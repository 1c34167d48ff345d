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

/** How much more it costs when it has four times as much to do. What costs nearly nothing even then is 1. */
export function growth(work: (size: number) => void): number {
  const of = (size: number): number => cost(() => work(size));
  let size = 1024;
  while (size < LARGEST && of(size) < ENOUGH_US) size *= 4;
  // The first ones were slower than they need be: the code was not yet compiled.
  const once = Math.min(of(size), of(size));
  return once < ENOUGH_US ? 1 : Math.min(of(FACTOR * size), of(FACTOR * size)) / once;
}
