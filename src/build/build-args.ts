import { ConfigurationError } from '../interfaces/errors.ts';
import { asRecord, pairsOf, pairsOfKey } from './pairs.ts';

/** They travel as arguments of a program, of which Linux takes 128 KiB each and some MiB together. */
const LONGEST = 100_000;
const ALL = 1_000_000;

/** Build arguments of the input, one a line. Throws ConfigurationError. */
export function parseBuildArgs(text: string, where: string): Record<string, string> {
  return checked(asRecord(pairsOf(text, where)), where);
}

/** Build arguments of an image: a map, a list, or lines. Throws ConfigurationError. */
export function imageBuildArgs(value: unknown, where: string): Record<string, string> {
  return checked(asRecord(pairsOfKey(value, where)), where);
}

function checked(args: Record<string, string>, where: string): Record<string, string> {
  let all = 0;
  for (const [name, value] of Object.entries(args)) {
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value);
    all += bytes;
    const problem = problemOf(name, value, bytes);
    if (problem !== undefined) throw new ConfigurationError(`${where}: ${problem.what}`, { hint: problem.hint });
  }
  if (all > ALL) throw new ConfigurationError(`${where}: all values together have ${all} bytes (allowed: ${ALL})`, { hint: AS_FILE });
  return args;
}

const AS_FILE = 'put it into a file of the build context';

function problemOf(name: string, value: string, bytes: number): { what: string; hint: string } | undefined {
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
    return { what: `"${name.slice(0, 60)}" is not a name`, hint: 'letters, digits, _ . -, a letter or _ first; no space before the =' };
  }
  if (value.includes('\0')) return { what: `the value of "${name}" holds a NUL character`, hint: AS_FILE };
  return bytes > LONGEST ? { what: `the value of "${name}" has ${bytes} bytes (allowed: ${LONGEST})`, hint: AS_FILE } : undefined;
}
