import { gte, parse, type SemVer } from 'semver';
import { ToolError } from '../../interfaces/errors.ts';
import { type FetchOptions, fetchProgram } from './fetch.ts';
import { knownBad } from './known-bad.ts';
import type { ProgramPin } from './pins.ts';

const LIMIT_MS = 30_000;

/** Returns what to start: the program of PATH where it is new enough, else the pinned one. Throws where the one of PATH is known to be bad. */
export async function findProgram(pin: ProgramPin, args: string[], least: string, options: FetchOptions): Promise<string> {
  const version = await versionOf(pin.name, args, options);
  const bad = version === null ? undefined : knownBad(pin.name, version);
  if (bad !== undefined) {
    throw new ToolError(`The ${pin.name} on PATH is ${version}, which ${bad}: it is not used`, {
      hint: `remove it, renew every secret that this runner has seen, and install ${pin.name} ${pin.version} or newer`,
    });
  }
  if (version !== null && gte(version, least)) return pin.name;
  if (version !== null) options.log.info(`${pin.name} ${version} is older than ${least}: it is not used`);
  return await fetchProgram(pin, options);
}

/** Without what follows the three numbers: a distribution's own build counts as the version that it is of. */
async function versionOf(name: string, args: string[], { runner, env }: FetchOptions): Promise<SemVer | null> {
  try {
    const { stdout } = await runner.run({ command: [name, ...args], env: { PATH: env.PATH }, timeoutMs: LIMIT_MS });
    return parse(/\d+\.\d+\.\d+/.exec(stdout)?.[0]);
  } catch (error) {
    if (error instanceof ToolError) return null;
    throw error;
  }
}
